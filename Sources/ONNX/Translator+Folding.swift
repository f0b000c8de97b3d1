/// Computing ahead: shapes, indices and weights that the exporter left as nodes.
extension Translator {
  /// The results of a node that does not depend on the sound, or nothing if it does or is not among those that are
  /// computed ahead.
  mutating func fold(_ node: NodeMessage) throws(Refusal) -> [Constant]? {
    switch node.kind {
    case "Constant": return [try constant(node)]
    case "Shape":
      let shape = try shape(node, 0)
      let start = try clamped(node.integer("start", 0), shape.count)
      let end = try clamped(node.integer("end", shape.count), shape.count)
      let part = start < end ? Array(shape[start..<end]) : []
      return [Constant(part, shape: [part.count])]
    case "Size": return [Constant([size(try shape(node, 0))], shape: [])]
    default: break
    }
    var inputs: [Constant] = []
    for index in node.inputs.indices where node.has(index) {
      guard let constant = constantIfKnown(node, index) else { return nil }
      inputs.append(constant)
    }
    guard let first = inputs.first else { return nil }
    switch node.kind {
    case "Identity", "Dropout": return [first]
    case "ConstantOfShape": return [try filled(node, first)]
    case "Range": return [try range(inputs)]
    case "Cast": return [try cast(first, node)]
    case "Reshape", "Flatten", "Squeeze", "Unsqueeze": return [first.reshaped(try newShape(node, first.shape))]
    case "Transpose":
      let order = try order(node, rank: first.shape.count)
      return [try moved(first, strides: order.map { first.shape.strides[$0] }, shape: order.map { first.shape[$0] })]
    case "Expand":
      guard let shape = first.shape.broadcast(with: try target(node)) else { return nil }
      return [try moved(first, strides: stretched(first.shape, to: shape), shape: shape)]
    case "Slice", "Gather", "Tile":
      var result = first
      for step in try steps(node, first.shape) { result = try taken(result, step) }
      return [node.kind == "Gather" ? result.reshaped(try gathered(node, first.shape)) : result]
    case "Concat": return [try joined(inputs, try node.integer("axis", 0))]
    case "Where" where inputs.count == 3: return [try chosen(inputs)]
    case "ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin": return try reduced(node, first).map { [$0] }
    default: return try computed(node.kind, inputs).map { [$0] }
    }
  }

  private func clamped(_ axis: Int, _ rank: Int) -> Int { min(max(axis < 0 ? axis + rank : axis, 0), rank) }

  private func constant(_ node: NodeMessage) throws(Refusal) -> Constant {
    switch node.attributes.values.first {
    case .tensor(let tensor)? where node.attributes.count == 1: return try Constant(tensor, in: bytes)
    case .integer(let value)? where node.attributes.count == 1: return Constant([value], shape: [])
    case .real(let value)? where node.attributes.count == 1: return Constant([value], shape: [])
    case .integers(let values)? where node.attributes.count == 1: return Constant(values, shape: [values.count])
    case .reals(let values)? where node.attributes.count == 1: return Constant(values, shape: [values.count])
    default: throw Refusal("no value", expected: "a tensor, a number or a list of numbers")
    }
  }

  private mutating func filled(_ node: NodeMessage, _ extents: Constant) throws(Refusal) -> Constant {
    let shape = extents.count <= MessageReader.rankLimit ? extents.integers : [-1]
    guard let count = countable(shape) else { throw Refusal("the shape \(shape)", expected: "a shape") }
    try spend(count)
    guard case .tensor(let tensor)? = node.attributes["value"] else {
      return Constant(Array(repeating: Float(0), count: count), shape: shape)
    }
    let value = try Constant(tensor, in: bytes)
    guard value.count == 1 else { throw Refusal("\(value.count) values", expected: "one") }
    return value.picked(Array(repeating: 0, count: count), shape: shape)
  }

  private mutating func range(_ inputs: [Constant]) throws(Refusal) -> Constant {
    guard inputs.count == 3, inputs.allSatisfy({ $0.count == 1 && !$0.type.isReal }) else {
      throw Refusal("bounds that are no whole numbers", expected: "three whole numbers")
    }
    let bounds = inputs.map { $0.integers[0] }
    guard bounds[2] != 0, bounds.allSatisfy({ $0.magnitude < 1 << 40 }) else {
      throw Refusal("bounds \(bounds)", expected: "bounds that can be reached")
    }
    try spend(max(0, (bounds[1] - bounds[0]) / bounds[2]))
    let numbers = Array(stride(from: bounds[0], to: bounds[1], by: bounds[2]))
    return Constant(numbers, shape: [numbers.count])
  }

  private func cast(_ constant: Constant, _ node: NodeMessage) throws(Refusal) -> Constant {
    guard let type = ElementType(rawValue: try node.integer("to", 0)) else {
      throw Refusal("a cast to type \(try node.integer("to", 0))", expected: "numbers")
    }
    if type.isReal { return constant.type.isReal ? constant : Constant(constant.reals, shape: constant.shape) }
    let numbers = constant.integers
    if type == .bool {
      let truths = constant.type.isReal ? constant.reals.map { $0 != 0 ? 1 : 0 } : numbers.map { $0 != 0 ? 1 : 0 }
      return Constant(truths, shape: constant.shape, type: .bool)
    }
    return Constant(numbers, shape: constant.shape, type: type)
  }

  /// The numbers of `constant` at the places that a walk with `strides` comes by.
  private mutating func moved(_ constant: Constant, strides: [Int], shape: [Int]) throws(Refusal) -> Constant {
    guard let count = countable(shape) else { throw Refusal("the shape \(shape)", expected: "a smaller one") }
    try spend(count)
    return constant.picked(walk(shape, strides: strides), shape: shape)
  }

  private mutating func taken(_ constant: Constant, _ step: Step) throws(Refusal) -> Constant {
    guard step.indices.allSatisfy((0..<constant.shape[step.axis]).contains) else {
      throw Refusal("indices beyond the axis of \(constant.shape[step.axis])", expected: "indices within it")
    }
    var shape = constant.shape
    shape[step.axis] = step.indices.count
    guard let count = countable(shape) else { throw Refusal("the shape \(shape)", expected: "a smaller one") }
    try spend(count)
    let stride = constant.shape.strides[step.axis]
    let outer = walk(Array(shape[..<step.axis]), strides: Array(constant.shape.strides[..<step.axis]))
    let places = outer.flatMap { start in step.indices.flatMap { start + $0 * stride..<start + ($0 + 1) * stride } }
    return constant.picked(places, shape: shape)
  }

  private mutating func joined(_ inputs: [Constant], _ axis: Int) throws(Refusal) -> Constant {
    let axis = try normalised(axis, rank: inputs[0].shape.count)
    for input in inputs {
      guard input.shape.count == inputs[0].shape.count,
        input.shape.indices.allSatisfy({ $0 == axis || input.shape[$0] == inputs[0].shape[$0] })
      else { throw Refusal("shapes \(inputs.map(\.shape))", expected: "shapes that differ in axis \(axis) only") }
    }
    var shape = inputs[0].shape
    shape[axis] = inputs.reduce(0) { $0 + $1.shape[axis] }
    guard let count = countable(shape) else { throw Refusal("the shape \(shape)", expected: "a smaller one") }
    try spend(count)
    let outer = size(shape[..<axis])
    func rows<Number>(_ lists: [[Number]]) -> [Number] {
      (0..<outer).flatMap { row in
        lists.flatMap { list in list[row * list.count / outer..<(row + 1) * list.count / outer] }
      }
    }
    return inputs[0].type.isReal
      ? Constant(rows(inputs.map(\.reals)), shape: shape)
      : Constant(rows(inputs.map(\.integers)), shape: shape, type: inputs[0].type)
  }

  private mutating func chosen(_ inputs: [Constant]) throws(Refusal) -> Constant {
    guard let both = inputs[1].shape.broadcast(with: inputs[2].shape),
      let shape = both.broadcast(with: inputs[0].shape)
    else { throw Refusal("shapes \(inputs.map(\.shape))", expected: "shapes that stretch to each other") }
    let wide = try inputs.map { input throws(Refusal) in
      try moved(input, strides: stretched(input.shape, to: shape), shape: shape)
    }
    let condition = wide[0].integers
    if wide[1].type.isReal {
      let (one, other) = (wide[1].reals, wide[2].reals)
      return Constant(condition.indices.map { condition[$0] != 0 ? one[$0] : other[$0] }, shape: shape)
    }
    let (one, other) = (wide[1].integers, wide[2].integers)
    return Constant(
      condition.indices.map { condition[$0] != 0 ? one[$0] : other[$0] }, shape: shape, type: wide[1].type)
  }

  /// A reduction of a list to one number, which is all that shapes need.
  private func reduced(_ node: NodeMessage, _ list: Constant) throws(Refusal) -> Constant? {
    guard list.shape.count == 1, !list.type.isReal, list.count > 0, list.count < 1 << 16 else { return nil }
    let numbers = list.integers
    let result: Int =
      switch node.kind {
      case "ReduceProd": numbers.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
      case "ReduceSum": numbers.reduce(0) { $0.addingReportingOverflow($1).partialValue }
      case "ReduceMax": numbers.max() ?? 0
      default: numbers.min() ?? 0
      }
    return Constant([result], shape: try node.integer("keepdims", 1) != 0 ? [1] : [])
  }
}
