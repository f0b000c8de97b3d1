internal import Text

extension Translator {
  mutating func reduction(_ node: NodeMessage) throws(Refusal) -> Flow {
    let functions = [
      "ReduceSum": "sum", "ReduceMean": "mean", "ReduceMax": "maximum", "ReduceMin": "minimum", "ReduceL1": "l1",
      "ReduceL2": "l2", "ReduceSumSquare": "sum",
    ]
    guard let function = functions[node.kind] else {
      throw Refusal("numbers that depend on the sound", expected: functions.keys.sorted().joined(separator: ", "))
    }
    var input = try flow(node, 0)
    let given = try list(node, "axes", input: 1) ?? []
    if given.isEmpty, try node.integer("noop_with_empty_axes", 0) != 0 { return input }
    let axes = given.isEmpty ? Array(input.shape.indices) : try normalised(given, rank: input.shape.count)
    if node.kind == "ReduceSumSquare" {
      input = Flow(source: try activated(input.source, "square"), shape: input.shape)
    }
    return try reduce(input, function, axes, keep: try node.integer("keepdims", 1) != 0)
  }

  mutating func globalMean(_ node: NodeMessage) throws(Refusal) -> Flow {
    let input = try flow(node, 0)
    guard input.shape.count > 2 else { throw Refusal("shape \(input.shape)", expected: "batch, channels and more") }
    return try reduce(input, "mean", Array(2..<input.shape.count), keep: true)
  }

  private mutating func reduce(
    _ input: Flow, _ function: String, _ axes: [Int], keep: Bool
  ) throws(Refusal) -> Flow {
    let shape =
      keep
      ? input.shape.enumerated().map { axes.contains($0) ? 1 : $1 }
      : input.shape.enumerated().filter { !axes.contains($0.offset) }.map(\.element)
    let (source, places) = try graph.align(input)
    let taken = axes.compactMap { places[$0] }
    // Of a single number sum, mean and extremes are the number itself.
    guard !taken.isEmpty else {
      return function.hasPrefix("l")
        ? Flow(source: try activated(source, "absolute"), shape: shape) : Flow(source: source, shape: shape)
    }
    let result = graph.shape(of: source).enumerated().map { taken.contains($0) ? 1 : $1 }
    let reduced = try graph.add(
      "reduce", from: [source],
      keys: ["function": .string(function), "axes": .array(taken.map { .integer($0) })], shape: result)
    return Flow(source: reduced, shape: shape)
  }
}
