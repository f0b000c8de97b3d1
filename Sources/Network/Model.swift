internal import Realtime
internal import CRealtime
internal import Text

/// A trained network as its file holds it: the description and the weights, immutable.
///
/// Load once, then make as many ``MaskNetwork``s from it as there are streams; they share the weights.
public final class Model: Sendable {
  /// The file it came from, as the caller named it.
  public let path: String
  /// What the file says about the model.
  public let description: ModelDescription
  /// All tensors one behind the other, each beginning at a multiple of 64 bytes.
  let weights: SampleBuffer
  /// Where the layers' tensors begin in ``weights``, in floats.
  let places: [Place]

  struct Place {
    var weight: Int
    var bias: Int
  }

  private init(path: String, description: ModelDescription, weights: consuming SampleBuffer, places: [Place]) {
    self.path = path
    self.description = description
    self.weights = weights
    self.places = places
  }

  /// Number of weights and biases.
  public var parameters: Int { description.parameters }

  /// Memory that the weights take, in bytes.
  public var bytes: Int { weights.count * MemoryLayout<Float>.stride }

  /// Reads and checks the file at `path`, weights included.
  ///
  /// - Throws: ``ModelError`` naming file, key or tensor, what was found and what was expected.
  /// - Real-time: Not real-time: reads a file, allocates.
  public static func load(path: String) throws(ModelError) -> Model {
    let file = try Safetensors(path: path)
    let description = try describe(file)
    var places: [Place] = []
    var count = 0
    for layer in description.layers {
      let bias = count + padded(layer.outputs * layer.inputs)
      places.append(Place(weight: count, bias: bias))
      count = bias + padded(layer.outputs)
    }
    // The file was found to hold exactly these tensors, so this is no more memory than the file has bytes.
    let weights = SampleBuffer(count: count)
    for (layer, place) in zip(description.layers, places) {
      try read(layer.weightName, of: file, into: weights, at: place.weight)
      try read(layer.biasName, of: file, into: weights, at: place.bias)
    }
    return Model(path: path, description: description, weights: weights, places: places)
  }

  /// Reads and checks what the file at `path` says, but not its weights: enough for a list.
  ///
  /// - Throws: ``ModelError`` as ``load(path:)``, save for weights that are not finite.
  /// - Real-time: Not real-time: reads a file, allocates.
  public static func describe(path: String) throws(ModelError) -> ModelDescription {
    try describe(Safetensors(path: path))
  }

  private static func describe(_ file: borrowing Safetensors) throws(ModelError) -> ModelDescription {
    let path = file.path
    guard let document = file.metadata["sotto"] else {
      throw .refused(
        file: path, place: "__metadata__", found: "no key \"sotto\"", expected: "one, with the model's description")
    }
    for key in file.metadata.keys.sorted() where key != "sotto" {
      throw .refused(
        file: path, place: "__metadata__", found: "the unknown key \(quoted(key))", expected: "only \"sotto\"")
    }
    let description = try ModelDescription(document: document, file: path)
    try check(file.tensors, against: description, path: path)
    return description
  }

  private static func check(
    _ tensors: [String: Safetensors.Tensor], against description: ModelDescription, path: String
  ) throws(ModelError) {
    var unused = Set(tensors.keys)
    for layer in description.layers {
      for (name, shape) in [(layer.weightName, [layer.outputs, layer.inputs]), (layer.biasName, [layer.outputs])] {
        guard let tensor = tensors[name] else {
          throw .refused(file: path, place: name, found: "no such tensor", expected: "one of shape \(shape)")
        }
        guard tensor.shape == shape else {
          throw .refused(file: path, place: name, found: "shape \(tensor.shape)", expected: "\(shape)")
        }
        guard tensor.type == "F32" else {
          throw .refused(file: path, place: name, found: "type \(tensor.type)", expected: "F32")
        }
        unused.remove(name)
      }
    }
    if let name = unused.min() {
      throw .refused(
        file: path, place: quoted(name), found: "a tensor that no layer has",
        expected: "only those of \(quotedList(description.layers.map(\.name)))")
    }
  }

  private static func read(
    _ name: String, of file: borrowing Safetensors, into weights: borrowing SampleBuffer, at place: Int
  ) throws(ModelError) {
    guard let tensor = file.tensors[name] else { return }
    let destination = unsafe weights.base + place
    try unsafe file.read(tensor, named: name, into: destination)
    let count = tensor.bytes.count / MemoryLayout<Float>.stride
    let odd = unsafe rt_first_not_finite(destination, count)
    guard odd == count else {
      let value = unsafe destination[odd]
      let last = tensor.shape.last ?? 1
      let index = tensor.shape.count == 2 ? "\(odd / last), \(odd % last)" : "\(odd)"
      throw .refused(file: file.path, place: "\(name)[\(index)]", found: "\(value)", expected: "a finite number")
    }
  }

  private static func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
}

extension ModelDescription.Layer {
  var weightName: String { "\(name).weight" }
  var biasName: String { "\(name).bias" }
}
