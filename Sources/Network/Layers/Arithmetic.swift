internal import CRealtime

/// Two tensors number by number; one that has an axis of 1 there, or lacks a leading axis, is repeated along it.
struct ArithmeticForm: LayerForm {
  static let kind = "arithmetic"
  static let keys = ["function"]
  static let sources = 2...2

  enum Function: String, Sendable, CaseIterable { case add, subtract, multiply, divide, power, maximum, minimum }

  let shape: Shape
  let function: Function
  /// The extents of the result in as few axes as will do, and how far each input moves along each.
  let extents: [Int]
  let moves: [[Int]]

  init(_ reading: LayerReading) throws(ModelError) {
    guard reading.section.has("function") else { throw reading.section.refusal("function", expected: "one") }
    function = try reading.section.choice("function")
    let axes = max(reading.inputs[0].count, reading.inputs[1].count)
    let padded = reading.inputs.map { [Int](repeating: 1, count: axes - $0.count) + $0 }
    var shape: Shape = []
    for (one, other) in zip(padded[0], padded[1]) {
      guard one == other || one == 1 || other == 1 else {
        throw reading.inputRefusal(1, expected: "what stretches to \(reading.inputs[0])")
      }
      shape.append(max(one, other))
    }
    self.shape = shape
    try reading.bounded(shape)
    (extents, moves) = Self.merged(shape, padded)
  }

  /// Neighbouring axes along which both inputs move alike are one.
  private static func merged(_ shape: Shape, _ inputs: [Shape]) -> ([Int], [[Int]]) {
    let strides = inputs.map { input in zip(input, input.strides).map { $0 == 1 ? 0 : $1 } }
    var extents: [Int] = []
    var moves: [[Int]] = [[], []]
    for axis in shape.indices where shape[axis] > 1 {
      let joins =
        !extents.isEmpty
        && (0..<2).allSatisfy { moves[$0][extents.count - 1] == strides[$0][axis] * shape[axis] }
      if joins {
        extents[extents.count - 1] *= shape[axis]
        for input in 0..<2 { moves[input][extents.count - 1] = strides[input][axis] }
      } else {
        extents.append(shape[axis])
        for input in 0..<2 { moves[input].append(strides[input][axis]) }
      }
    }
    return (extents, moves)
  }

  /// The tables of the walk: of each run of the innermost axis, where it begins in both inputs.
  func packed(_ tensors: [WeightBlock]) -> [WeightBlock] {
    var starts: [[Int32]] = [[0], [0]]
    for axis in extents.indices.dropLast() {
      for input in 0..<2 {
        starts[input] = starts[input].flatMap { start in
          (0..<extents[axis]).map { start + Int32($0 * moves[input][axis]) }
        }
      }
    }
    return starts.map { WeightBlock(indices: $0) }
  }

  func layers(_ places: LayerPlaces) -> [Layer] {
    let run = extents.last ?? 1
    return [
      unsafe .arithmetic(
        Arithmetic(
          function: function, one: places.inputs[0], other: places.inputs[1], output: places.result,
          oneStarts: UnsafeRawPointer(places.weights[0]).assumingMemoryBound(to: Int32.self),
          otherStarts: UnsafeRawPointer(places.weights[1]).assumingMemoryBound(to: Int32.self),
          runs: shape.numbers / run, run: run, oneMoves: moves[0].last ?? 1 != 0, otherMoves: moves[1].last ?? 1 != 0))
    ]
  }
}

/// A running ``ArithmeticForm``.
@safe
struct Arithmetic {
  let function: ArithmeticForm.Function
  let one: UnsafePointer<Float>
  let other: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let oneStarts: UnsafePointer<Int32>
  let otherStarts: UnsafePointer<Int32>
  let runs: Int
  let run: Int
  let oneMoves: Bool
  let otherMoves: Bool

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    for index in 0..<runs {
      let (a, b) = unsafe (one + Int(oneStarts[index]), other + Int(otherStarts[index]))
      let target = unsafe output + index &* run
      if oneMoves && otherMoves {
        unsafe step(a, b, target)
      } else {
        for place in 0..<run {
          let x = unsafe oneMoves ? a[place] : a.pointee
          let y = unsafe otherMoves ? b[place] : b.pointee
          unsafe target[place] = value(x, y)
        }
      }
    }
  }

  @_noLocks @unsafe
  private func step(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>) {
    switch function {
    case .add: unsafe rt_add(a, b, target, run)
    case .subtract: unsafe rt_subtract(a, b, target, run)
    case .multiply: unsafe rt_multiply(a, b, target, run)
    case .divide: unsafe rt_divide(a, b, target, run)
    case .power, .maximum, .minimum:
      for place in 0..<run { unsafe target[place] = value(a[place], b[place]) }
    }
  }

  @_noLocks
  private func value(_ x: Float, _ y: Float) -> Float {
    switch function {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .power: y == 2 ? x * x : y == 0.5 ? rt_sqrt(x) : rt_pow(x, y)
    case .maximum: x > y ? x : y
    case .minimum: x < y ? x : y
    }
  }
}
