internal import CRealtime
internal import Text

/// A trained network as its file holds it: the description and the weights, immutable.
///
/// Load once, then make as many ``VoiceNetwork``s from it as there are streams; they share the weights.
public final class Model: Sendable {
  /// The file it came from, as the caller named it.
  public let path: String
  /// What the file says about the model.
  public let description: ModelDescription
  /// The layers as they run, some folded into others.
  let layers: [ModelDescription.Layer]
  /// What its convolutions multiply: single precision, too, where bytes were asked for and the processor is no faster
  /// with them.
  public let products: Products
  /// The packed weights of each layer.
  let weights: [[WeightBlock]]

  private init(path: String, description: ModelDescription, folding: Folding) {
    self.path = path
    self.description = description
    layers = folding.layers
    let convolutions = layers.compactMap { $0.form as? any ConvolvingForm }
    products = convolutions.contains { $0.convolution.geometry.bytes } ? .bytes : .single
    weights = zip(folding.layers, folding.tensors).map { layer, tensors in layer.form.packed(tensors) }
  }

  /// Number of weights and biases.
  public var parameters: Int { description.parameters }

  /// Memory that the weights take, in bytes.
  public var bytes: Int { weights.reduce(0) { $0 + $1.reduce(0) { $0 + $1.bytes } } }

  /// Reads and checks the file at `path`, weights included.
  ///
  /// - Parameters:
  ///   - arrangement: What it is to run for; a file without an arrangement for recordings has one for both.
  ///   - products: What its convolutions multiply.
  /// - Throws: ``ModelError`` naming file, key or tensor, what was found and what was expected.
  /// - Real-time: Not real-time: reads a file, allocates.
  public static func load(
    path: String, for arrangement: ModelDescription.Arrangement = .live, products: Products = .single
  ) throws(ModelError) -> Model {
    let file = try Safetensors(path: path)
    let description = try describe(file, for: arrangement)
    var tensors: [[WeightBlock]] = []
    for layer in description.layers {
      // The file was found to hold exactly these tensors, so this is no more memory than the file has bytes.
      var blocks: [WeightBlock] = []
      for need in layer.form.tensors { blocks.append(try read(need, of: layer, in: file)) }
      tensors.append(blocks)
    }
    let layers = description.layers.map { $0.with($0.form.multiplying(products)) }
    return Model(path: path, description: description, folding: Folding(layers, tensors: tensors))
  }

  /// Reads and checks what the file at `path` says, but not its weights: enough for a list.
  ///
  /// - Throws: ``ModelError`` as ``load(path:)``, save for weights that are not finite.
  /// - Real-time: Not real-time: reads a file, allocates.
  public static func describe(path: String) throws(ModelError) -> ModelDescription {
    try describe(Safetensors(path: path), for: .live)
  }

  private static func describe(
    _ file: borrowing Safetensors, for arrangement: ModelDescription.Arrangement
  ) throws(ModelError) -> ModelDescription {
    let path = file.path
    guard let document = file.metadata["sotto"] else {
      throw .refused(
        file: path, place: "__metadata__", found: "no key \"sotto\"", expected: "one, with the model's description")
    }
    for key in file.metadata.keys.sorted() where key != "sotto" {
      throw .refused(
        file: path, place: "__metadata__", found: "the unknown key \(quoted(key))", expected: "only \"sotto\"")
    }
    return try ModelDescription(document: document, tensors: file.tensors, file: path, arrangement: arrangement)
  }

  private static func read(
    _ need: TensorNeed, of layer: ModelDescription.Layer, in file: borrowing Safetensors
  ) throws(ModelError) -> WeightBlock {
    let name = "\(layer.name).\(need.name)"
    guard let tensor = file.tensors[name] else { return WeightBlock(bytes: 0) }
    let block = WeightBlock(bytes: tensor.bytes.count)
    try unsafe file.read(tensor, named: name, into: block.memory)
    try WeightCheck(block, type: need.type).check(name, shape: need.shape, file: file.path)
    return need.isWidened && need.type == .half ? WeightBlock(widening: block) : block
  }
}
