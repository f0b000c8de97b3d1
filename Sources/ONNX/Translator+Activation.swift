internal import Text

/// The smallest normal number: a logarithm of less is not what anybody meant.
let smallest = JSON.number(1.1754944e-38)

extension Translator {
  /// A function of each number.
  mutating func activated(
    _ source: Source, _ function: String, _ keys: [String: JSON] = [:]
  ) throws(Refusal) -> Source {
    var keys = keys
    keys["function"] = .string(function)
    let origin = graph.unshaped(source)
    return try graph.add("activation", from: [origin], keys: keys, shape: graph.shape(of: origin))
  }

  private mutating func activated(
    _ flow: Flow, _ function: String, _ keys: [String: JSON] = [:]
  ) throws(Refusal) -> Flow {
    Flow(source: try activated(flow.source, function, keys), shape: flow.shape)
  }

  /// The operators of one input that change each number for itself.
  mutating func activation(_ node: NodeMessage) throws(Refusal) -> Flow {
    let input = try flow(node, 0)
    let plain = [
      "Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Abs": "absolute", "Exp": "exp", "Sqrt": "sqrt",
      "Reciprocal": "reciprocal", "Neg": "negate", "Softplus": "softplus",
    ]
    if let function = plain[node.kind] { return try activated(input, function) }
    switch node.kind {
    case "Identity", "Dropout": return input
    case "Cast":
      guard let type = ElementType(rawValue: try node.integer("to", 0)), type.isReal else {
        throw Refusal("a cast of sound to whole numbers", expected: "floating point")
      }
      return input
    case "Log": return try activated(input, "log", ["minimum": smallest])
    case "LeakyRelu": return try activated(input, "leaky-relu", ["slope": JSON(try node.real("alpha", 0.01))])
    case "Elu":
      guard try node.real("alpha", 1) == 1 else { throw Refusal("attribute alpha", expected: "alpha 1") }
      return try activated(input, "elu")
    case "HardSigmoid":
      return try hardSigmoid(input, slope: try node.real("alpha", 0.2), middle: try node.real("beta", 0.5))
    case "HardSwish": return try binary("multiply", input, try hardSigmoid(input, slope: 1 / 6, middle: 0.5))
    case "Softsign":
      let below = try binary("add", try activated(input, "absolute"), scalar(1))
      return try binary("divide", input, below)
    case "Clip": return try clip(node, input)
    case "Gelu":
      guard try node.text("approximate", "none") == "tanh" else {
        throw Refusal("the error function", expected: "approximate tanh")
      }
      return try gelu(input)
    default:
      throw Refusal("numbers that depend on the sound", expected: "constants, of which this operator makes constants")
    }
  }

  /// A layer that holds one number.
  mutating func scalar(_ number: Float) throws(Refusal) -> Flow {
    Flow(source: try graph.constant(Constant([number], shape: [1]), shape: [1]), shape: [])
  }

  /// `x / 2 · (1 + tanh(√(2/π) (x + 0.044715 x³)))`.
  private mutating func gelu(_ input: Flow) throws(Refusal) -> Flow {
    let cube = try binary("multiply", try activated(input, "square"), input)
    let bent = try binary("add", input, try binary("multiply", cube, try scalar(0.044715)))
    let gate = try activated(try binary("multiply", bent, try scalar(0.7978845608)), "tanh")
    let half = try binary("multiply", input, try scalar(0.5))
    return try binary("multiply", half, try binary("add", gate, try scalar(1)))
  }

  private mutating func hardSigmoid(_ input: Flow, slope: Float, middle: Float) throws(Refusal) -> Flow {
    let steep = try binary("multiply", input, try scalar(slope))
    let line = try binary("add", steep, try scalar(middle))
    return try activated(line, "clip", ["minimum": 0, "maximum": 1])
  }

  private mutating func clip(_ node: NodeMessage, _ input: Flow) throws(Refusal) -> Flow {
    var keys: [String: JSON] = [:]
    for (index, name) in [(1, "minimum"), (2, "maximum")] {
      let attribute = index == 1 ? "min" : "max"
      let bound: Float
      if node.attributes[attribute] != nil {
        bound = try node.real(attribute, 0)
      } else if node.has(index) {
        guard let number = try constant(node, index, name).scalar else {
          throw Refusal("several bounds", expected: "one \(name)")
        }
        bound = number
      } else {
        continue
      }
      // A bound that nothing reaches is none.
      if abs(bound) < 3e38 { keys[name] = JSON(bound) }
    }
    if keys == ["minimum": 0.0] { return try activated(input, "relu") }
    guard !keys.isEmpty else { return input }
    return try activated(input, "clip", keys)
  }

  mutating func parametricRelu(_ node: NodeMessage) throws(Refusal) -> Flow {
    let input = try flow(node, 0)
    let slope = try constant(node, 1, "slope")
    if let slope = slope.scalar { return try activated(input, "leaky-relu", ["slope": JSON(slope)]) }
    let padded = slope.shape.padded(to: input.shape.count)
    guard let axis = padded.indices.first(where: { padded[$0] != 1 }), slope.count == padded[axis],
      padded.count == input.shape.count, input.shape[axis] == slope.count
    else { throw Refusal("slopes of shape \(slope.shape)", expected: "one slope, or one for each place of one axis") }
    let place = try graph.locate(input, axis)
    let source = try kept(
      "activation", place.source, keys: ["function": "prelu", "axis": .integer(place.axis)],
      tensors: ["slope": Weights(slope, shape: [slope.count])])
    return Flow(source: source, shape: input.shape)
  }
}
