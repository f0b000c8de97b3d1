internal import Text

/// Turns the nodes of an ONNX graph, one after the other, into layers.
struct Translator {
  /// What a name of the graph stands for.
  enum Value {
    case constant(Constant)
    case flow(Flow)
    /// A result of a node that could not be translated, of a shape that nobody knows.
    case missing
  }

  /// Numbers that may be computed ahead: enough for shapes and indices, and for turning every weight over once.
  private static let foldLimit = 1 << 21

  let opset: Int
  let bytes: FileBytes
  var graph: LayerGraph
  var values: [String: Value] = [:]
  /// Everything that stands in the way.
  var refused: [UnsupportedNode] = []
  /// Recurrent layers that begin every frame anew, though they see one step at a time.
  var forgetful: [String] = []
  /// Recurrent layers without a state of the graph's go on where the frame before ended.
  let remembers: Bool
  private var foldBudget: Int
  /// Shapes that the file announces, for what is behind a refused node.
  private let announced: [String: [Int]]

  init(model: ModelMessage, bytes: FileBytes, inputShape: [Int], announced: [String: [Int]], remembers: Bool) {
    opset = model.opset
    self.bytes = bytes
    graph = LayerGraph(inputShape: inputShape)
    foldBudget = Self.foldLimit + bytes.count
    self.announced = announced
    self.remembers = remembers
  }

  /// Translates `nodes` in their order; what cannot be is listed in ``refused``, and the rest is looked at nevertheless.
  mutating func translate(_ nodes: [NodeMessage]) {
    for node in nodes {
      graph.label = node.label
      let foreign = node.foreignParts()
      for refusal in foreign { refuse(node, refusal) }
      var done: [Value]?
      if foreign.isEmpty {
        do throws(Refusal) {
          for name in node.inputs where !name.isEmpty && values[name] == nil {
            throw Refusal("the input \(quoted(name)) that nothing before it gives", expected: "a graph without loops")
          }
          for name in node.outputs where !name.isEmpty && values[name] != nil {
            throw Refusal("the result \(quoted(name)) a second time", expected: "each name once")
          }
          done = try translate(node)
        } catch {
          refuse(node, error)
        }
      }
      for (index, name) in node.outputs.enumerated() where !name.isEmpty && values[name] == nil {
        if let done, index < done.count { values[name] = done[index] } else { values[name] = standIn(name) }
      }
    }
  }

  private mutating func refuse(_ node: NodeMessage, _ refusal: Refusal) {
    // A file that is wrong in thousands of places is not understood any better by all of them.
    guard refused.count < 1000 else { return }
    refused.append(
      UnsupportedNode(kind: node.kind, name: node.label, found: refusal.found, expected: refusal.expected))
  }

  /// What stands for a result that is not there, so that the nodes behind it can be looked at.
  private mutating func standIn(_ name: String) -> Value {
    guard let shape = announced[name],
      let source = try? graph.add("", from: [], keys: ["name": .string(name)], shape: shape)
    else { return .missing }
    return .flow(Flow(source: source, shape: shape))
  }

  /// The results of a node; none where an input of it is missing, which was told before.
  private mutating func translate(_ node: NodeMessage) throws(Refusal) -> [Value]? {
    let inputs = node.inputs.map { $0.isEmpty ? nil : values[$0] }
    for case .missing? in inputs { return nil }
    if let folded = try fold(node) {
      for constant in folded { try spend(constant.count) }
      return folded.map { .constant($0) }
    }
    return try layers(for: node)?.map { .flow($0) }
  }

  /// Counts numbers that are computed ahead.
  mutating func spend(_ count: Int) throws(Refusal) {
    guard count <= foldBudget else {
      throw Refusal("more than \(Self.foldLimit) numbers to be computed ahead", expected: "a network, not a program")
    }
    foldBudget -= count
  }

  /// The layers that do what `node` does, and their results.
  private mutating func layers(for node: NodeMessage) throws(Refusal) -> [Flow]? {
    switch node.kind {
    case "Conv": [try convolution(node)]
    case "ConvTranspose": [try transposedConvolution(node)]
    case "Gemm": [try gemm(node)]
    case "MatMul": [try matrixProduct(node)]
    case "LSTM", "GRU", "RNN": try recurrent(node)
    case "BatchNormalization": [try batchNormalisation(node)]
    case "LayerNormalization": [try layerNormalisation(node)]
    case "InstanceNormalization": [try instanceNormalisation(node)]
    case "GroupNormalization": [try groupNormalisation(node)]
    case "Softmax", "LogSoftmax": [try softmax(node)]
    case "Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean": [try arithmetic(node)]
    case "PRelu": [try parametricRelu(node)]
    case "Where": [try choice(node)]
    case _ where node.kind.hasPrefix("Reduce"): [try reduction(node)]
    case "GlobalAveragePool": [try globalMean(node)]
    case "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Expand": [try rearrangement(node)]
    case "Concat", "Gather", "Slice", "Pad", "Tile", "Resize", "Upsample": [try selection(node)]
    case "Split": try split(node)
    case "ScatterND": [try scatter(node)]
    default: [try activation(node)]
    }
  }

  /// The input `index` of `node`, which depends on the sound or is made a layer that holds it.
  mutating func flow(_ node: NodeMessage, _ index: Int) throws(Refusal) -> Flow {
    switch try value(node, index) {
    case .flow(let flow): return flow
    case .constant(let constant):
      let shape = constant.shape.isEmpty ? [1] : constant.shape
      return Flow(source: try graph.constant(constant, shape: shape), shape: constant.shape)
    case .missing: throw Refusal("input \(index) missing", expected: "it")
    }
  }

  /// The input `index` of `node`, whatever it is.
  func value(_ node: NodeMessage, _ index: Int) throws(Refusal) -> Value {
    guard node.has(index), let value = values[node.inputs[index]] else {
      throw Refusal("no input \(index)", expected: "an input there")
    }
    return value
  }

  /// The input `index` of `node`, if it is known ahead.
  func constantIfKnown(_ node: NodeMessage, _ index: Int) -> Constant? {
    guard node.has(index), case .constant(let constant)? = values[node.inputs[index]] else { return nil }
    return constant
  }

  /// The input `index` of `node`, which has to be known ahead.
  func constant(_ node: NodeMessage, _ index: Int, _ name: String) throws(Refusal) -> Constant {
    guard let constant = constantIfKnown(node, index) else {
      throw Refusal(
        node.has(index) ? "\(name) that depends on the sound" : "no \(name)", expected: "constant \(name)")
    }
    return constant
  }

  /// The shape of the input `index`.
  func shape(_ node: NodeMessage, _ index: Int) throws(Refusal) -> [Int] {
    switch try value(node, index) {
    case .flow(let flow): flow.shape
    case .constant(let constant): constant.shape
    case .missing: throw Refusal("input \(index) missing", expected: "it")
    }
  }

  /// A list that is an attribute in older opsets and an input in newer ones.
  func list(_ node: NodeMessage, _ name: String, input index: Int) throws(Refusal) -> [Int]? {
    if let values = try node.integers(name) { return values }
    guard node.has(index) else { return nil }
    let constant = try constant(node, index, name)
    guard constant.shape.count <= 1, !constant.type.isReal, constant.count <= 1 << 16 else {
      throw Refusal("\(name) of shape \(constant.shape)", expected: "a list of whole numbers")
    }
    return constant.integers
  }
}
