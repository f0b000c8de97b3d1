internal import Text

/// Where a layer's input comes from.
enum Source: Hashable {
  /// The frame.
  case input
  /// The result of a layer, by its place in the graph.
  case layer(Int)
  /// The state of a recurrent layer after its step.
  case hidden(Int)
  /// The cell state of an LSTM after its step.
  case cell(Int)

  /// The layer that it is a result of.
  var layer: Int? {
    switch self {
    case .input: nil
    case .layer(let index), .hidden(let index), .cell(let index): index
    }
  }
}

/// A layer of the weights file in the making.
struct Layer {
  /// What simplifications have to know of a layer.
  enum Form: Hashable {
    case reshape
    case permute([Int])
    case slice(axis: Int, Range<Int>)
    case concatenate(axis: Int)
    case constant
    case state
    case other
  }

  var kind: String
  var form = Form.other
  /// The name that the node had.
  var label: String
  var from: [Source] = []
  /// What the file says of it beside kind, name and origin.
  var keys: [String: JSON] = [:]
  var tensors: [String: Weights] = [:]
  /// The shape of its result.
  var shape: [Int]
  /// The shape of ``Source/hidden(_:)`` and ``Source/cell(_:)``.
  var stateShape: [Int] = []
  /// What a state holds in the next frame.
  var update: Source?
}

/// A tensor of the ONNX graph that depends on the sound: the numbers of a layer's result, in the order in which they
/// stand there, read in a shape of ONNX's.
///
/// Axes of one and reshaping, of which exported graphs are full, thus cost no layer: one is only made where a layer
/// needs another shape than its input has.
struct Flow {
  let source: Source
  let shape: [Int]

  /// The same numbers read in another shape.
  func viewed(_ shape: [Int]) -> Flow { Flow(source: source, shape: shape) }
}

/// Layers in the order in which they run; whoever adds one gets an existing one instead where that gives the same.
struct LayerGraph {
  /// Numbers between layers, at most, in any one tensor.
  static let sizeLimit = 1 << 26
  static let layerLimit = 1 << 14
  static let indexLimit = 1 << 17

  /// The shape of the frame.
  let inputShape: [Int]
  var layers: [Layer] = []
  /// The node that is being translated, after which new layers are named.
  var label = ""
  private var known: [Recipe: Source] = [:]
  private var indices = 0

  /// All that makes the result of a layer without large weights what it is.
  private struct Recipe: Hashable {
    var kind: String
    var from: [Source] = []
    var keys: [String: JSON] = [:]
    var values: [Float] = []
    var shape: [Int]
  }

  init(inputShape: [Int]) { self.inputShape = inputShape }

  /// The shape of what comes from `source`.
  func shape(of source: Source) -> [Int] {
    switch source {
    case .input: inputShape
    case .layer(let index): layers[index].shape
    case .hidden(let index), .cell(let index): layers[index].stateShape
    }
  }

  /// The layer whose whole result `source` is.
  func layer(_ source: Source) -> Layer? {
    if case .layer(let index) = source { layers[index] } else { nil }
  }

  /// Adds a layer without weights, or finds the one that does the same to the same.
  mutating func add(
    _ kind: String, _ form: Layer.Form = .other, from: [Source], keys: [String: JSON] = [:], shape: [Int]
  ) throws(Refusal) -> Source {
    let recipe = Recipe(kind: kind, from: from, keys: keys, shape: shape)
    if let source = known[recipe] { return source }
    let source = try add(Layer(kind: kind, form: form, label: label, from: from, keys: keys, shape: shape))
    known[recipe] = source
    return source
  }

  /// Adds a layer.
  mutating func add(_ layer: Layer) throws(Refusal) -> Source {
    guard let size = countable(layer.shape), size <= Self.sizeLimit, size > 0 else {
      throw Refusal("a result of shape \(layer.shape)", expected: "at most \(Self.sizeLimit) numbers, and at least one")
    }
    guard layers.count < Self.layerLimit else {
      throw Refusal("more than \(Self.layerLimit) layers", expected: "a smaller network")
    }
    layers.append(layer)
    return .layer(layers.count - 1)
  }

  /// Adds a layer that holds `constant`, in a shape of as many numbers.
  mutating func constant(_ constant: Constant, shape: [Int]) throws(Refusal) -> Source {
    let recipe = constant.count <= 16 ? Recipe(kind: "constant", values: constant.reals, shape: shape) : nil
    if let recipe, let source = known[recipe] { return source }
    var layer = Layer(kind: "constant", form: .constant, label: label, shape: shape)
    layer.tensors = ["value": Weights(constant, shape: shape)]
    let source = try add(layer)
    if let recipe { known[recipe] = source }
    return source
  }

  /// A layer whose result has exactly the shape `shape`.
  mutating func shaped(_ source: Source, _ shape: [Int]) throws(Refusal) -> Source {
    let origin = unshaped(source)
    if self.shape(of: origin) == shape { return origin }
    return try add(
      "reshape", .reshape, from: [origin], keys: ["shape": .array(shape.map { .integer($0) })], shape: shape)
  }

  /// What `source` is a reshaping of.
  func unshaped(_ source: Source) -> Source {
    var source = source
    while let layer = layer(source), layer.form == .reshape { source = layer.from[0] }
    return source
  }

  /// Counts indices that the file will hold as text.
  mutating func spend(indices count: Int) throws(Refusal) {
    indices += count
    guard indices <= Self.indexLimit else {
      throw Refusal("more than \(Self.indexLimit) indices of single numbers", expected: "whole slices")
    }
  }
}
