extension Translator {
  /// Operators that read the same numbers in another shape or order.
  mutating func rearrangement(_ node: NodeMessage) throws(Refusal) -> Flow {
    let input = try flow(node, 0)
    switch node.kind {
    case "Transpose": return try graph.permute(input, try order(node, rank: input.shape.count))
    case "Expand":
      guard let shape = input.shape.broadcast(with: try target(node)) else {
        throw Refusal("a shape that \(input.shape) does not stretch to", expected: "one that it does")
      }
      return try graph.expand(input, to: shape)
    default: return input.viewed(try newShape(node, input.shape))
    }
  }

  /// The order of axes that `Transpose` asks for.
  func order(_ node: NodeMessage, rank: Int) throws(Refusal) -> [Int] {
    let order = try node.integers("perm") ?? Array((0..<rank).reversed())
    guard order.sorted() == Array(0..<rank) else {
      throw Refusal("attribute perm \(order)", expected: "each of \(rank) axes once")
    }
    return order
  }

  /// The list of extents that is the second input.
  func target(_ node: NodeMessage) throws(Refusal) -> [Int] {
    let constant = try constant(node, 1, "a shape")
    guard constant.shape.count == 1, constant.count <= MessageReader.rankLimit else {
      throw Refusal("a shape of shape \(constant.shape)", expected: "at most \(MessageReader.rankLimit) numbers")
    }
    return constant.integers
  }

  /// The shape that `Reshape`, `Flatten`, `Squeeze` or `Unsqueeze` gives to a tensor of shape `shape`.
  func newShape(_ node: NodeMessage, _ shape: [Int]) throws(Refusal) -> [Int] {
    switch node.kind {
    case "Reshape": return try reshaped(shape, try target(node), zeroIsZero: try node.integer("allowzero", 0) != 0)
    case "Flatten":
      let axis = try node.integer("axis", 1)
      let cut = axis == shape.count ? axis : try normalised(axis, rank: shape.count)
      return [size(shape[..<cut]), size(shape[cut...])]
    case "Squeeze":
      guard let axes = try list(node, "axes", input: 1) else { return shape.squeezed }
      let gone = try normalised(axes, rank: shape.count)
      guard gone.allSatisfy({ shape[$0] == 1 }) else {
        throw Refusal("axes \(axes) of shape \(shape)", expected: "axes of one")
      }
      return shape.indices.filter { !gone.contains($0) }.map { shape[$0] }
    default:
      let axes = try list(node, "axes", input: 1) ?? []
      let rank = shape.count + axes.count
      guard rank <= MessageReader.rankLimit else { throw Refusal("\(rank) axes", expected: "fewer") }
      let new = try normalised(axes, rank: rank)
      var rest = shape[...]
      return (0..<rank).map { new.contains($0) ? 1 : rest.removeFirst() }
    }
  }

  private func reshaped(_ shape: [Int], _ target: [Int], zeroIsZero: Bool) throws(Refusal) -> [Int] {
    var result = target
    for (axis, extent) in target.enumerated() where extent == 0 && !zeroIsZero {
      guard axis < shape.count else {
        throw Refusal("the shape \(target)", expected: "a shape of \(size(shape)) numbers")
      }
      result[axis] = shape[axis]
    }
    let total = size(shape)
    if let open = result.firstIndex(of: -1) {
      result[open] = 1
      guard let rest = countable(result), rest > 0, total.isMultiple(of: rest) else {
        throw Refusal("the shape \(target)", expected: "a shape of \(total) numbers")
      }
      result[open] = total / rest
    }
    guard countable(result) == total else {
      throw Refusal("the shape \(target)", expected: "a shape of \(total) numbers, as \(shape) has")
    }
    return result
  }
}
