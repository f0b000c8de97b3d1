internal import Text

extension Translator {
  /// The parts that LSTM, GRU and RNN share: X [steps, batch, in], W [directions, gates · n, in],
  /// R [directions, gates · n, n], B [directions, 2 · gates · n], lengths, h₀ [directions, batch, n].
  private struct Cell {
    let kind: String
    let gates: Int
    let input: Flow
    let weight: Constant
    let recurrent: Constant
    let bias: Constant?
    let directions: [String]
    let hidden: Int
    let steps: Int
    let batch: Int
  }

  mutating func recurrent(_ node: NodeMessage) throws(Refusal) -> [Flow] {
    let cell = try cell(node)
    var results: [(y: Flow, h: Flow, c: Flow?)] = []
    for direction in cell.directions.indices { results.append(try run(node, cell, direction)) }
    // Y [steps, directions, batch, n]; Y_h and Y_c [directions, batch, n].
    var last = [try graph.concatenate(results.map(\.h), axis: 0)]
    if cell.kind == "LSTM" { last.append(try graph.concatenate(results.compactMap(\.c), axis: 0)) }
    // Run by run the results are [batch, steps, n]; side by side [batch, steps, directions · n].
    let both = try graph.concatenate(results.map(\.y), axis: 2)
    let split = both.viewed([cell.batch, cell.steps, cell.directions.count, cell.hidden])
    return [try graph.permute(split, [1, 2, 0, 3])] + last
  }

  private mutating func cell(_ node: NodeMessage) throws(Refusal) -> Cell {
    let gates = ["LSTM": 4, "GRU": 3][node.kind] ?? 1
    let input = try flow(node, 0)
    let weight = try constant(node, 1, "weights W")
    let recurrent = try constant(node, 2, "weights R")
    let hidden = recurrent.shape.last ?? 0
    let directions =
      switch try node.text("direction", "forward") {
      case "bidirectional": ["forward", "backward"]
      case "reverse": ["backward"]
      default: ["forward"]
      }
    let count = directions.count
    guard input.shape.count == 3, hidden > 0, try node.integer("hidden_size", hidden) == hidden,
      weight.shape == [count, gates * hidden, input.shape[2]], recurrent.shape == [count, gates * hidden, hidden]
    else {
      throw Refusal(
        "weights \(weight.shape) and \(recurrent.shape) for an input of shape \(input.shape)",
        expected: "[\(count), \(gates) n, in], [\(count), \(gates) n, n], [steps, batch, in]")
    }
    let bias = node.has(3) ? try constant(node, 3, "bias") : nil
    guard bias.map({ $0.shape == [count, 2 * gates * hidden] }) ?? true else {
      throw Refusal("a bias of another shape", expected: "[\(count), \(2 * gates * hidden)]")
    }
    try checkForm(node, directions: count, steps: input.shape[0])
    return Cell(
      kind: node.kind, gates: gates, input: input, weight: weight, recurrent: recurrent, bias: bias,
      directions: directions, hidden: hidden, steps: input.shape[0], batch: input.shape[1])
  }

  /// Refuses what would make it another cell than ours.
  private func checkForm(_ node: NodeMessage, directions: Int, steps: Int) throws(Refusal) {
    if node.attributes["clip"] != nil { throw Refusal("attribute clip", expected: "no clipping") }
    guard try node.integer("layout", 0) == 0 else { throw Refusal("attribute layout 1", expected: "layout 0") }
    guard try node.integer("input_forget", 0) == 0 else {
      throw Refusal("attribute input_forget 1", expected: "separate gates")
    }
    let usual = ["LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"]][node.kind]
    if case .texts(let words)? = node.attributes["activations"], let usual,
      words != (0..<directions).flatMap({ _ in usual })
    {
      throw Refusal("activations \(words.joined(separator: ", "))", expected: usual.joined(separator: ", "))
    }
    if node.has(4) {
      let lengths = try constant(node, 4, "sequence lengths")
      guard lengths.count < 1 << 16, lengths.integers.allSatisfy({ $0 == steps }) else {
        throw Refusal("sequences of different lengths", expected: "all of \(steps) steps")
      }
    }
    if node.kind == "LSTM", node.has(7) {
      guard try constant(node, 7, "peepholes").reals.allSatisfy({ $0 == 0 }) else {
        throw Refusal("peepholes P", expected: "none")
      }
    }
  }

  /// The state that the input `index` gives the direction `direction`: [batch, n], or nothing for zeros.
  private mutating func start(
    _ node: NodeMessage, _ index: Int, _ cell: Cell, _ direction: Int
  ) throws(Refusal) -> Flow? {
    guard node.has(index) else { return nil }
    if let zero = constantIfKnown(node, index), zero.count < 1 << 20, zero.reals.allSatisfy({ $0 == 0 }) { return nil }
    let state = try flow(node, index)
    guard state.shape == [cell.directions.count, cell.batch, cell.hidden] else {
      throw Refusal(
        "an initial state of shape \(state.shape)", expected: "\([cell.directions.count, cell.batch, cell.hidden])")
    }
    return try graph.slice(state, axis: 0, direction..<direction + 1).viewed([cell.batch, cell.hidden])
  }

  /// One direction: results [batch, steps, n] and last states [1, batch, n].
  private mutating func run(
    _ node: NodeMessage, _ cell: Cell, _ direction: Int
  ) throws(Refusal) -> (y: Flow, h: Flow, c: Flow?) {
    let isStep = cell.steps == 1
    let lead = cell.batch == 1 ? [] : [cell.batch]
    let last = [1, cell.batch, cell.hidden]
    // Streams first, so that the steps of each lie one behind the other.
    let turned = try graph.permute(cell.input, [1, 0, 2])
    let width = cell.input.shape[2]
    let input = try graph.shaped(turned.source, lead + (isStep ? [width] : [cell.steps, width]))
    let states = lead + [cell.hidden]
    var h = try start(node, 5, cell, direction)
    var c = cell.kind == "LSTM" ? try start(node, 6, cell, direction) : nil
    if cell.kind == "RNN" { return try plain(node, cell, direction, input: input, h) }
    if isStep, h == nil, c == nil, !remembers { forgetful.append(node.label) }
    if h == nil, c != nil || (isStep && !remembers) { h = try zeros(states) }
    if cell.kind == "LSTM", h != nil, c == nil { c = try zeros(states) }
    var layer = Layer(
      kind: cell.kind.lowercased(), label: node.label, from: [input],
      shape: isStep ? states : lead + [cell.steps, cell.hidden], stateShape: states)
    for state in [h, c].compactMap({ $0 }) { layer.from.append(try graph.shaped(state.source, states)) }
    if !isStep { layer.keys["scan"] = .string(cell.directions[direction]) }
    layer.tensors = tensors(cell, direction)
    if cell.kind == "LSTM" {
      layer.keys["gates"] = "iofg"
    } else {
      layer.keys["reset"] = try node.integer("linear_before_reset", 0) != 0 ? "after" : "before"
    }
    guard case .layer(let index) = try graph.add(layer) else { throw Refusal("", expected: "") }
    return (
      Flow(source: .layer(index), shape: [cell.batch, cell.steps, cell.hidden]),
      // After a single step the state is the result itself.
      Flow(source: isStep ? .layer(index) : .hidden(index), shape: last),
      cell.kind == "LSTM" ? Flow(source: .cell(index), shape: last) : nil
    )
  }

  private mutating func zeros(_ shape: [Int]) throws(Refusal) -> Flow {
    let count = size(shape)
    return Flow(
      source: try graph.constant(Constant(Array(repeating: 0, count: count), shape: shape), shape: shape), shape: shape)
  }

  /// Weights of one direction in the rows of our own layers.
  private func tensors(_ cell: Cell, _ direction: Int) -> [String: Weights] {
    let (n, rows, width) = (cell.hidden, cell.gates * cell.hidden, cell.input.shape[2])
    var weight = Weights(cell.weight).part(from: direction * rows * width, shape: [rows, width])
    var recurrent = Weights(cell.recurrent).part(from: direction * rows * n, shape: [rows, n])
    let biases =
      cell.bias.map { Weights($0) }
      ?? Weights([cell.directions.count, 2 * rows]) { [count = cell.directions.count] in
        Array(repeating: 0, count: 2 * rows * count)
      }
    var bias = biases.part(from: direction * 2 * rows, shape: [rows])
    var recurrentBias = biases.part(from: (direction * 2 + 1) * rows, shape: [rows])
    if cell.kind != "GRU" {
      return ["weight": weight, "recurrent": recurrent, "bias": bias.combined(with: recurrentBias, +)]
    }
    // ONNX has update, reset, new; we have reset, update, new.
    (weight, recurrent) = (weight.blocks([1, 0, 2]), recurrent.blocks([1, 0, 2]))
    (bias, recurrentBias) = (bias.blocks([1, 0, 2]), recurrentBias.blocks([1, 0, 2]))
    return ["weight": weight, "recurrent": recurrent, "bias": bias, "recurrent-bias": recurrentBias]
  }

  /// An Elman step: h = f(W x + U h⁻ + b), by dense layers where the state comes from elsewhere.
  private mutating func plain(
    _ node: NodeMessage, _ cell: Cell, _ direction: Int, input: Source, _ start: Flow?
  ) throws(Refusal) -> (y: Flow, h: Flow, c: Flow?) {
    guard cell.steps == 1 else { throw Refusal("an RNN over \(cell.steps) steps", expected: "one step a frame") }
    var function = "tanh"
    if case .texts(let words)? = node.attributes["activations"], direction < words.count {
      guard ["Tanh", "Relu", "Sigmoid"].contains(words[direction]) else {
        throw Refusal("activation \(words[direction])", expected: "Tanh, Relu, Sigmoid")
      }
      function = words[direction].lowercased()
    }
    let shape = [cell.batch, cell.hidden]
    let natural = (cell.batch == 1 ? [] : [cell.batch]) + [cell.hidden]
    let tensors = tensors(cell, direction)
    let x = Flow(source: input, shape: [cell.batch, cell.input.shape[2]])
    guard let weight = tensors["weight"], let recurrent = tensors["recurrent"], let bias = tensors["bias"] else {
      throw Refusal("no weights", expected: "weights")
    }
    let result: Source
    if start == nil, remembers {
      var layer = Layer(kind: "recurrent", label: node.label, from: [input], shape: natural, stateShape: natural)
      layer.keys["activation"] = .string(function)
      layer.tensors = tensors
      result = try graph.add(layer)
    } else {
      var sum = try dense(node, x, weight, bias: bias)
      if let start {
        sum = try binary("add", sum, try dense(node, start, recurrent))
      } else {
        forgetful.append(node.label)
      }
      result = try graph.add(
        "activation", from: [sum.source], keys: ["function": .string(function)],
        shape: graph.shape(of: sum.source))
    }
    return (
      Flow(source: result, shape: [cell.batch, 1, cell.hidden]), Flow(source: result, shape: [1] + shape), nil
    )
  }
}
