extension Translator {
  /// A layer that multiplies each row of the last axis by `weight`, of shape `[out, in]`.
  mutating func dense(
    _ node: NodeMessage, _ input: Flow, _ weight: Weights, bias: Weights? = nil
  ) throws(Refusal) -> Flow {
    let (rows, width) = (weight.shape[0], weight.shape[1])
    guard let last = input.shape.last, last == width else {
      throw Refusal("rows of shape \(input.shape) for weights \(weight.shape)", expected: "rows of \(width)")
    }
    let place = try graph.locate(input, input.shape.count - 1)
    // An axis that is found before others of one is not the last of its layer.
    let source =
      place.axis == place.shape.count - 1
      ? place.source : try graph.shaped(place.source, Array(place.shape[...place.axis]))
    var layer = Layer(
      kind: "dense", label: node.label, from: [source], shape: graph.shape(of: source).dropLast() + [rows])
    layer.tensors = ["weight": weight]
    layer.tensors["bias"] = bias
    return Flow(source: try graph.add(layer), shape: input.shape.dropLast() + [rows])
  }

  /// A matrix of constants, or nothing.
  private func matrix(_ node: NodeMessage, _ index: Int) -> Constant? {
    guard let constant = constantIfKnown(node, index), constant.shape.count >= 2,
      constant.shape.dropLast(2).allSatisfy({ $0 == 1 })
    else { return nil }
    return constant.reshaped(Array(constant.shape.suffix(2)))
  }

  mutating func matrixProduct(_ node: NodeMessage) throws(Refusal) -> Flow {
    let left = try shape(node, 0)
    let right = try shape(node, 1)
    guard !left.isEmpty, !right.isEmpty, left.last == right[max(0, right.count - 2)] else {
      throw Refusal("shapes \(left) and \(right)", expected: "as many columns left as rows right")
    }
    if let weight = matrix(node, 1), left.count >= right.count {
      return try dense(node, try flow(node, 0), Weights(weight).transposed)
    }
    guard left.count >= 2, right.count >= 2, let outer = Array(left.dropLast(2)).broadcast(with: right.dropLast(2))
    else { throw Refusal("shapes \(left) and \(right)", expected: "matrices") }
    let rows = left[left.count - 2]
    let columns = right[right.count - 1]
    // W x with one column is a dense layer as well.
    if let weight = matrix(node, 0), right.count >= left.count, columns == 1 {
      let input = try flow(node, 1)
      return try dense(node, input.viewed(input.shape.dropLast()), Weights(weight)).viewed(outer + [rows, 1])
    }
    let one = try graph.expand(try flow(node, 0), to: outer + left.suffix(2))
    let other = try graph.expand(try flow(node, 1), to: outer + right.suffix(2))
    let lead = outer.squeezed
    let source = try graph.add(
      "product",
      from: [
        try graph.shaped(one.source, lead + left.suffix(2)), try graph.shaped(other.source, lead + right.suffix(2)),
      ], shape: lead + [rows, columns])
    return Flow(source: source, shape: outer + [rows, columns])
  }

  mutating func gemm(_ node: NodeMessage) throws(Refusal) -> Flow {
    let alpha = try node.real("alpha", 1)
    let beta = try node.real("beta", 1)
    var input = try flow(node, 0)
    let weight = try constant(node, 1, "weights")
    guard input.shape.count == 2, weight.shape.count == 2 else {
      throw Refusal("shapes \(input.shape) and \(weight.shape)", expected: "two matrices")
    }
    if try node.integer("transA", 0) != 0 { input = try graph.permute(input, [1, 0]) }
    var matrix = try node.integer("transB", 0) != 0 ? Weights(weight) : Weights(weight).transposed
    if alpha != 1 { matrix = matrix.map { $0 * alpha } }
    guard node.has(2) else { return try dense(node, input, matrix) }
    let rows = matrix.shape[0]
    if let bias = constantIfKnown(node, 2), bias.count == rows || bias.count == 1, bias.shape.last ?? 1 == bias.count {
      let count = bias.count
      let values = Weights([rows]) { [Float](bias.reals.map { $0 * beta }).repeated(rows / count) }
      return try dense(node, input, matrix, bias: values)
    }
    guard beta == 1 else { throw Refusal("attribute beta \(beta)", expected: "1, or a constant bias") }
    return try binary("add", try dense(node, input, matrix), try flow(node, 2))
  }
}

extension [Float] {
  /// The list as often as that.
  func repeated(_ times: Int) -> [Float] { (0..<times).flatMap { _ in self } }
}
