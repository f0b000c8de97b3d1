internal import Text

/// Layer normalisation that was written out in single steps, as exporters did before it was an operator.
extension Simplification {
  /// `(x − mean x) / √(mean (x − mean x)² + ε)`, and what scales and shifts it, becomes one layer.
  mutating func normalisations() {
    for index in live() {
      guard var layer = normalisation(index) else { continue }
      var last = index
      for (function, tensor) in [("multiply", "weight"), ("add", "bias")] {
        guard let reader = onlyReader(last), let values = constantPartner(reader, of: last, function) else { continue }
        layer.tensors[tensor] = values
        last = reader
      }
      layer.label = graph.layers[last].label
      graph.layers[last] = layer
    }
  }

  /// The normalisation that the division `index` ends, if it does.
  private func normalisation(_ index: Int) -> Layer? {
    guard let division = arithmetic(.layer(index), "divide"), let root = function(division.from[1], "sqrt"),
      let sum = arithmetic(root.from[0], "add"), let centred = arithmetic(division.from[0], "subtract")
    else { return nil }
    let constants = sum.from.filter { graph.layer($0)?.form == .constant }
    guard constants.count == 1, let other = sum.from.first(where: { $0 != constants[0] }),
      let epsilon = graph.layer(constants[0])?.tensors["value"], epsilon.count == 1, let number = epsilon.values.first,
      let spread = mean(other), let square = function(spread.from[0], "square"), square.from[0] == division.from[0],
      let middle = mean(centred.from[1]), middle.from[0] == centred.from[0], middle.keys["axes"] == spread.keys["axes"],
      let axes = axes(of: middle), number > 0
    else { return nil }
    var layer = Layer(
      kind: "layer-normalisation", label: division.label, from: [centred.from[0]], shape: division.shape)
    guard graph.shape(of: centred.from[0]) == division.shape else { return nil }
    layer.keys = ["epsilon": JSON(number)]
    if axes != 1 { layer.keys["axes"] = .integer(axes) }
    return layer
  }

  /// How many last axes `mean` is over, if it is over these.
  private func axes(of mean: Layer) -> Int? {
    guard case .array(let axes)? = mean.keys["axes"] else { return nil }
    let rank = mean.shape.count
    return axes == (rank - axes.count..<rank).map { .integer($0) } ? axes.count : nil
  }

  /// The constant that `reader` joins to the result of `index` by `function`, if it is a number for each of the
  /// normalised ones.
  private func constantPartner(_ reader: Int, of index: Int, _ function: String) -> Weights? {
    guard let layer = arithmetic(.layer(reader), function), layer.shape == graph.layers[index].shape,
      let place = layer.from.firstIndex(of: .layer(index)), let mean = graph.layer(normalised(index)),
      let constant = graph.layer(graph.unshaped(layer.from[1 - place])), constant.form == .constant,
      let axes = axes(of: mean), let value = constant.tensors["value"]
    else { return nil }
    let inner = Array(layer.shape.suffix(axes))
    guard graph.shape(of: layer.from[1 - place]).drop(while: { $0 == 1 }) == inner.drop(while: { $0 == 1 }) else {
      return nil
    }
    return Weights(inner) { value.values }
  }

  /// The mean over the normalised axes, whichever step of the chain `index` is.
  private func normalised(_ index: Int) -> Source {
    var source = Source.layer(index)
    for function in ["add", "multiply"] {
      if let layer = arithmetic(source, function),
        let chain = layer.from.first(where: { graph.layer(graph.unshaped($0))?.form != .constant })
      {
        source = chain
      }
    }
    guard let division = arithmetic(source, "divide"), let centred = arithmetic(division.from[0], "subtract") else {
      return source
    }
    return centred.from[1]
  }

  private func arithmetic(_ source: Source, _ function: String) -> Layer? {
    guard let layer = graph.layer(source), layer.kind == "arithmetic", layer.keys["function"] == .string(function)
    else { return nil }
    return layer
  }

  private func function(_ source: Source, _ function: String) -> Layer? {
    guard let layer = graph.layer(source), layer.kind == "activation", layer.keys["function"] == .string(function)
    else { return nil }
    return layer
  }

  private func mean(_ source: Source) -> Layer? {
    guard let layer = graph.layer(source), layer.kind == "reduce", layer.keys["function"] == "mean" else { return nil }
    return layer
  }
}
