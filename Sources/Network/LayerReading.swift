internal import Text

/// One layer of a description while it is read: its keys, the shapes of what comes in, and the tensors of the file.
struct LayerReading {
  let section: Section
  let name: String
  let inputs: [Shape]
  let tensors: [String: Safetensors.Tensor]
  /// When it runs, and when those run whose results come in.
  let schedule: Schedule
  let schedules: [Schedule]

  /// The shape of the only or first input.
  var input: Shape { inputs.first ?? [] }

  /// The shape of the tensor `name.suffix`, of `axes` axes, none of them empty.
  func shape(of suffix: String, axes: Int) throws(ModelError) -> Shape {
    guard let shape = optionalShape(of: suffix) else {
      throw refusal(suffix, found: "no such tensor", expected: "one of \(axes) \(axes == 1 ? "axis" : "axes")")
    }
    guard shape.count == axes, shape.size != nil else {
      throw refusal(
        suffix, found: "shape \(shape)",
        expected: "\(axes) \(axes == 1 ? "axis" : "axes") of at most \(Bounds.numbers) numbers, none of them empty")
    }
    return shape
  }

  /// The shape of the tensor `name.suffix`, if the file has it.
  func optionalShape(of suffix: String) -> Shape? { tensors["\(name).\(suffix)"]?.shape }

  /// Whether the file has the tensor `name.suffix`.
  func has(_ suffix: String) -> Bool { optionalShape(of: suffix) != nil }

  /// What to throw when the tensor `name.suffix` is not what was expected.
  func refusal(_ suffix: String, found: String, expected: String) -> ModelError {
    .refused(file: section.file, place: "\(name).\(suffix)", found: found, expected: expected)
  }

  /// Refuses an input whose shape does not fit.
  func inputRefusal(_ index: Int = 0, expected: String) -> ModelError {
    .refused(
      file: section.file, place: section.place("from"), found: "shape \(inputs[index])", expected: expected)
  }

  /// Refuses an input without axes, or with fewer than `axes`.
  func require(axes: Int, exactly: Bool = false) throws(ModelError) {
    guard exactly ? input.count == axes : input.count >= axes else {
      throw inputRefusal(expected: "\(exactly ? "" : "at least ")\(axes) \(axes == 1 ? "axis" : "axes")")
    }
  }

  /// How many numbers a result of `shape` has, if they are few enough.
  @discardableResult
  func bounded(_ shape: Shape) throws(ModelError) -> Int {
    guard let size = shape.size, shape.count <= Bounds.axes else {
      throw .refused(
        file: section.file, place: section.path, found: "a result of shape \(shape)",
        expected: "at most \(Bounds.numbers) numbers in \(Bounds.axes) axes, none of them empty")
    }
    return size
  }

  /// Refuses a layer that needs more than `memory` floats to work with.
  func bounded(memory: Int) throws(ModelError) {
    guard memory <= Bounds.numbers else {
      throw .refused(
        file: section.file, place: section.path, found: "\(memory) numbers of working memory",
        expected: "at most \(Bounds.numbers)")
    }
  }

  /// The axis under `key`, within the input's, from the end where it is negative.
  func axis(_ key: String, standard: Int? = nil, of count: Int? = nil) throws(ModelError) -> Int {
    let count = count ?? input.count
    guard count > 0 else { throw inputRefusal(expected: "at least 1 axis") }
    let axis = try section.integer(key, in: -count...count - 1, standard: standard)
    return axis < 0 ? axis + count : axis
  }

  /// The whole numbers under `key`, between `fewest` and `most` of them.
  func integers(_ key: String, count: ClosedRange<Int>, in range: ClosedRange<Int>, standard: [Int]? = nil)
    throws(ModelError) -> [Int]
  {
    if let standard, !section.has(key) { return standard }
    let values = try section.array(key)
    guard count.contains(values.count) else {
      throw section.refusal(key, expected: "\(count.lowerBound) to \(count.upperBound) integers")
    }
    var numbers: [Int] = []
    for (index, value) in values.enumerated() {
      guard case .integer(let number) = value, range.contains(number) else {
        throw .refused(
          file: section.file, place: "\(section.place(key))[\(index)]", found: value.shown,
          expected: "an integer from \(range.lowerBound) to \(range.upperBound)")
      }
      numbers.append(number)
    }
    return numbers
  }

  /// The activation under `activation`, linear unless given.
  func activation() throws(ModelError) -> Activation {
    let kind: Activation.Kind = try section.choice("activation", standard: .linear)
    return Activation(kind: kind, slope: Float(try section.number("slope", in: -100...100, standard: 0.01)))
  }

  /// How the layer's large tensors are kept.
  func weights() throws(ModelError) -> ElementType {
    let choice: WeightChoice = try section.choice("weights", standard: .single)
    switch choice {
    case .single: return .single
    case .half: return .half
    case .integer: return .integer
    }
  }
}

private enum WeightChoice: String, CaseIterable { case single, half, integer }
