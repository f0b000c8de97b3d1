internal import CRealtime

/// One number for all along some axes: their sum, mean, largest, smallest, or a norm.
struct ReduceForm: LayerForm {
  static let kind = "reduce"
  static let keys = ["function", "axes", "keep"]

  enum Function: String, Sendable, CaseIterable { case sum, mean, maximum, minimum, l1, l2 }

  let shape: Shape
  let input: Shape
  let axes: [Int]
  let function: Function

  init(_ reading: LayerReading) throws(ModelError) {
    try reading.require(axes: 1)
    input = reading.input
    guard reading.section.has("function") else { throw reading.section.refusal("function", expected: "one") }
    function = try reading.section.choice("function")
    let count = input.count
    axes = try Set(
      reading.integers("axes", count: 1...Bounds.axes, in: -count...count - 1).map { $0 < 0 ? $0 + count : $0 }
    )
    .sorted()
    let keep = try reading.section.flag("keep", standard: true)
    var shape: Shape = []
    for axis in input.indices {
      if !axes.contains(axis) { shape.append(input[axis]) } else if keep { shape.append(1) }
    }
    self.shape = shape
  }

  /// Where the numbers of each result lie: the offsets of one result's numbers, and where each result begins.
  func packed(_ tensors: [WeightBlock]) -> [WeightBlock] {
    let strides = input.strides
    func offsets(_ axes: [Int]) -> [Int32] {
      axes.reduce([0]) { starts, axis in
        starts.flatMap { start in (0..<input[axis]).map { start + Int32($0 * strides[axis]) } }
      }
    }
    return [
      WeightBlock(indices: offsets(axes)), WeightBlock(indices: offsets(input.indices.filter { !axes.contains($0) })),
    ]
  }

  /// The reduced numbers side by side.
  var moves: Int { input.numbers }
  var memory: Int { input.numbers / max(shape.numbers, 1) }

  func layers(_ places: LayerPlaces) -> [Layer] {
    [
      unsafe .reduction(
        Reduction(
          function: function, input: places.inputs[0], output: places.result, work: places.memory,
          offsets: UnsafeRawPointer(places.weights[0]).assumingMemoryBound(to: Int32.self),
          starts: UnsafeRawPointer(places.weights[1]).assumingMemoryBound(to: Int32.self), results: shape.numbers,
          each: memory))
    ]
  }
}

/// A running ``ReduceForm``.
@safe
struct Reduction {
  let function: ReduceForm.Function
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let work: UnsafeMutablePointer<Float>
  let offsets: UnsafePointer<Int32>
  let starts: UnsafePointer<Int32>
  let results: Int
  let each: Int

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    for result in 0..<results {
      let from = unsafe input + Int(starts[result])
      for index in 0..<each { unsafe work[index] = from[Int(offsets[index])] }
      unsafe output[result] = value()
    }
  }

  @_noLocks
  private func value() -> Float {
    switch function {
    case .sum: return unsafe Float(rt_sum(work, each))
    case .mean: return unsafe Float(rt_sum(work, each) / Double(each))
    case .maximum: return unsafe rt_maximum(work, each)
    case .minimum:
      unsafe rt_affine(work, -1, 0, work, each)
      return unsafe -rt_maximum(work, each)
    case .l1:
      unsafe rt_absolute(work, each)
      return unsafe Float(rt_sum(work, each))
    case .l2: return unsafe Float(rt_sqrt_double(rt_sum_of_squares(work, each)))
    }
  }
}
