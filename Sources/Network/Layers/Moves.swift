/// The axes in another order.
struct PermuteForm: RearrangingForm {
  static let kind = "permute"
  static let keys = ["order"]

  let shape: Shape
  private let strides: [Int]

  init(_ reading: LayerReading) throws(ModelError) {
    let input = reading.input
    let order = try reading.integers("order", count: input.count...input.count, in: 0...max(input.count - 1, 0))
    guard Set(order).count == input.count else {
      throw reading.section.refusal("order", expected: "each axis from 0 to \(input.count - 1) once")
    }
    shape = order.map { input[$0] }
    strides = order.map { input.strides[$0] }
  }

  var origins: [Int] { Origins.walk(shape, strides: strides) }
}

/// Every `step`-th from `start` to before `stop` along an axis.
struct SliceForm: RearrangingForm {
  static let kind = "slice"
  static let keys = ["axis", "start", "stop", "step"]

  let shape: Shape
  private let gathering: Gathering<StrideTo<Int>>

  init(_ reading: LayerReading) throws(ModelError) {
    let axis = try reading.axis("axis")
    let extent = reading.input[axis]
    let step = try reading.section.integer("step", in: -extent...extent, standard: 1)
    guard step != 0 else { throw reading.section.refusal("step", expected: "a step forwards or backwards") }
    let start = try reading.section.integer("start", in: 0...extent - 1)
    let stop = try reading.section.integer("stop", in: -1...extent)
    let places = stride(from: start, to: stop, by: step)
    guard places.underestimatedCount > 0 else {
      throw reading.section.refusal("stop", expected: "something between it and the start, \(start)")
    }
    gathering = Gathering(input: reading.input, axis: axis, indices: places)
    shape = gathering.shape
  }

  var origins: [Int] { gathering.origins }
}

/// Chosen places along an axis, in any order, as often as wanted.
struct GatherForm: RearrangingForm {
  static let kind = "gather"
  static let keys = ["axis", "indices"]

  let shape: Shape
  private let gathering: Gathering<[Int]>

  init(_ reading: LayerReading) throws(ModelError) {
    let axis = try reading.axis("axis")
    let indices = try reading.integers(
      "indices", count: 1...Bounds.extent, in: 0...reading.input[axis] - 1)
    gathering = Gathering(input: reading.input, axis: axis, indices: indices)
    shape = gathering.shape
    try reading.bounded(shape)
  }

  var origins: [Int] { gathering.origins }
}

/// Places taken along an axis of an input; what has a rule is kept as that, for a slice may have millions.
private struct Gathering<Indices: Sequence<Int> & Sendable>: Sendable {
  let input: Shape
  let axis: Int
  let indices: Indices

  /// The count is exact for strides and arrays.
  var shape: Shape { Array(input[..<axis] + [indices.underestimatedCount] + input[(axis + 1)...]) }

  var origins: [Int] {
    let inner = input.inner(axis)
    return (0..<input.outer(axis)).flatMap { outer in
      indices.flatMap { index in (0..<inner).map { (outer * input[axis] + index) * inner + $0 } }
    }
  }
}

/// More of the same number before and behind along an axis.
struct PadForm: RearrangingForm {
  static let kind = "pad"
  static let keys = ["axis", "before", "after", "value"]

  let shape: Shape
  let filling: Float
  private let input: Shape
  private let axis: Int
  private let before: Int

  init(_ reading: LayerReading) throws(ModelError) {
    axis = try reading.axis("axis")
    input = reading.input
    before = try reading.section.integer("before", in: 0...Bounds.extent)
    let after = try reading.section.integer("after", in: 0...Bounds.extent)
    filling = Float(try reading.section.number("value", in: -1e30...1e30, standard: 0))
    shape = Array(input[..<axis] + [before + input[axis] + after] + input[(axis + 1)...])
    try reading.bounded(shape)
  }

  var origins: [Int] {
    let inner = input.inner(axis)
    return (0..<input.outer(axis)).flatMap { outer in
      (0..<shape[axis]).flatMap { index in
        (0..<inner).map { place in
          index < before || index >= before + input[axis]
            ? -1 : (outer * input[axis] + index - before) * inner + place
        }
      }
    }
  }
}

/// Axes of 1, or missing leading axes, repeated to a larger shape.
struct ExpandForm: RearrangingForm {
  static let kind = "expand"
  static let keys = ["shape"]

  let shape: Shape
  private let strides: [Int]

  init(_ reading: LayerReading) throws(ModelError) {
    let shape = try reading.integers("shape", count: reading.input.count...Bounds.axes, in: 1...Bounds.numbers)
    try reading.bounded(shape)
    let input = [Int](repeating: 1, count: shape.count - reading.input.count) + reading.input
    guard zip(input, shape).allSatisfy({ $0 == $1 || $0 == 1 }) else {
      throw reading.section.refusal("shape", expected: "what \(reading.input) stretches to")
    }
    strides = zip(input, input.strides).map { $0 == 1 ? 0 : $1 }
    self.shape = shape
  }

  var origins: [Int] { Origins.walk(shape, strides: strides) }
}

/// Several tensors behind each other along an axis.
struct ConcatenateForm: LayerForm {
  static let kind = "concatenate"
  static let keys = ["axis"]
  static let sources = 1...Bounds.layers

  let shape: Shape
  /// Floats of each input that lie together, and how often.
  let runs: [Int]
  let times: Int

  init(_ reading: LayerReading) throws(ModelError) {
    let axis = try reading.axis("axis")
    var shape = reading.input
    for (index, input) in reading.inputs.enumerated().dropFirst() {
      guard input.count == shape.count, input.indices.allSatisfy({ $0 == axis || input[$0] == shape[$0] }) else {
        throw reading.inputRefusal(index, expected: "\(reading.input) but for axis \(axis)")
      }
      shape[axis] += input[axis]
      try reading.bounded(shape)
    }
    self.shape = shape
    runs = reading.inputs.map { $0[axis] * $0.inner(axis) }
    times = shape.outer(axis)
  }

  func layers(_ places: LayerPlaces) -> [Layer] {
    let whole = runs.reduce(0, +)
    var start = 0
    var layers: [Layer] = []
    for (index, run) in runs.enumerated() {
      let target = unsafe places.result + start
      // What was written there in the first place need not be moved.
      if unsafe places.inputs[index] != UnsafePointer(target) {
        unsafe layers.append(
          .copy(Copy(input: places.inputs[index], output: target, run: run, distance: whole, times: times)))
      }
      start += run
    }
    return layers
  }
}
