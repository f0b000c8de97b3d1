internal import Text

extension Translator {
  /// Operators of two tensors, or of several, that meet number by number.
  mutating func arithmetic(_ node: NodeMessage) throws(Refusal) -> Flow {
    let functions = [
      "Add": "add", "Sub": "subtract", "Mul": "multiply", "Div": "divide", "Pow": "power", "Max": "maximum",
      "Min": "minimum", "Sum": "add", "Mean": "add",
    ]
    guard let function = functions[node.kind], !node.inputs.isEmpty else {
      throw Refusal("no inputs", expected: "two tensors")
    }
    if node.inputs.count == 2, let shortened = try shortened(node, function) { return shortened }
    var result = try flow(node, 0)
    for index in node.inputs.indices.dropFirst() { result = try binary(function, result, try flow(node, index)) }
    if node.kind == "Mean" { result = try binary("divide", result, try scalar(Float(node.inputs.count))) }
    return result
  }

  /// What is simpler than arithmetic: squares, roots, and numbers that change nothing.
  private mutating func shortened(_ node: NodeMessage, _ function: String) throws(Refusal) -> Flow? {
    if function == "multiply", node.inputs[0] == node.inputs[1] {
      let input = try flow(node, 0)
      return Flow(source: try activated(input.source, "square"), shape: input.shape)
    }
    guard let number = constantIfKnown(node, 1)?.scalar ?? constantIfKnown(node, 0)?.scalar else { return nil }
    let isSecond = constantIfKnown(node, 1) != nil
    let input = try flow(node, isSecond ? 0 : 1)
    guard let other = constantIfKnown(node, isSecond ? 1 : 0), other.shape.count <= input.shape.count else {
      return nil
    }
    switch (function, number, isSecond) {
    case ("power", 2, true): return Flow(source: try activated(input.source, "square"), shape: input.shape)
    case ("power", 0.5, true): return Flow(source: try activated(input.source, "sqrt"), shape: input.shape)
    case ("power", -1, true), ("divide", 1, false):
      return Flow(source: try activated(input.source, "reciprocal"), shape: input.shape)
    case ("power", 1, true), ("add", 0, _), ("subtract", 0, true), ("multiply", 1, _), ("divide", 1, true): return input
    case ("multiply", -1, _), ("subtract", 0, false):
      return Flow(source: try activated(input.source, "negate"), shape: input.shape)
    default: return nil
    }
  }

  /// `function` of two tensors that are stretched to each other.
  mutating func binary(_ function: String, _ one: Flow, _ other: Flow) throws(Refusal) -> Flow {
    guard let shape = one.shape.broadcast(with: other.shape) else {
      throw Refusal("shapes \(one.shape) and \(other.shape)", expected: "shapes that can be stretched to each other")
    }
    let flows = [one, other]
    // The axes of the result as the layers have them: those of whichever input is as large as the result.
    var frame = shape.squeezed.isEmpty ? [1] : shape.squeezed
    let hasSound = flows.contains { graph.layer($0.source)?.form != .constant }
    for flow in flows where !hasSound || graph.layer(flow.source)?.form != .constant {
      let natural = graph.shape(of: graph.unshaped(flow.source))
      if flow.shape.squeezed == shape.squeezed, natural.squeezed == shape.squeezed {
        frame = natural
        break
      }
    }
    var from: [Source] = []
    for flow in flows { from.append(try fitted(flow, to: shape, frame: frame)) }
    let source = try graph.add("arithmetic", from: from, keys: ["function": .string(function)], shape: frame)
    return Flow(source: source, shape: shape)
  }

  /// `flow`, which stretches to `shape`, with its axes where `frame`, a shape of the same numbers, has them.
  private mutating func fitted(_ flow: Flow, to shape: [Int], frame: [Int]) throws(Refusal) -> Source {
    let padded = flow.shape.padded(to: shape.count)
    var extents = shape.indices.filter { shape[$0] != 1 }.map { padded[$0] }
    let wanted = frame.map { $0 == 1 ? 1 : extents.removeFirst() }
    let source = graph.unshaped(flow.source)
    let natural = graph.shape(of: source)
    // Leading axes of one may be missing.
    if natural.padded(to: wanted.count) == wanted { return source }
    return try graph.shaped(source, wanted)
  }

  /// `Where` with a condition that is known ahead.
  mutating func choice(_ node: NodeMessage) throws(Refusal) -> Flow {
    let condition = try constant(node, 0, "condition")
    let one = try flow(node, 1)
    let other = try flow(node, 2)
    guard let both = one.shape.broadcast(with: other.shape), let shape = both.broadcast(with: condition.shape),
      let count = countable(shape), count <= LayerGraph.indexLimit
    else { throw Refusal("shapes that do not stretch to each other", expected: "shapes that do") }
    let chosen = condition.picked(walk(shape, strides: stretched(condition.shape, to: shape)), shape: shape).integers
    let flat = [size(shape)]
    let first = try graph.expand(one, to: shape).viewed(flat)
    let second = try graph.expand(other, to: shape).viewed(flat)
    if chosen.allSatisfy({ $0 != 0 }) { return first.viewed(shape) }
    if chosen.allSatisfy({ $0 == 0 }) { return second.viewed(shape) }
    let all = try graph.concatenate([first, second], axis: 0)
    let places = chosen.enumerated().map { $1 != 0 ? $0 : $0 + chosen.count }
    return try graph.gather(all, axis: 0, places).viewed(shape)
  }
}
