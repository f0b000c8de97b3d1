internal import Text

/// The layers as the weights file lists them: named, in the order in which they run, the result last.
struct LayerList {
  /// FORMAT's limit.
  static let limit = 4096

  private(set) var documents: [JSON] = []
  private(set) var tensors: [ImportedModel.Tensor] = []
  private let graph: LayerGraph
  private var names: [Int: String] = [:]
  private var taken: Set<String> = ["input"]

  /// Lists what `simplified` left alive; the last layer's result has the shape `shape`.
  init(_ simplified: Simplification, shape: [Int]) throws(Refusal) {
    var graph = simplified.graph
    var live = simplified.live()
    // States hold what has their own shape.
    for index in live {
      guard graph.layers[index].form == .state, let update = graph.layers[index].update else { continue }
      graph.label = graph.layers[index].label
      graph.layers[index].update = try Self.settled(update, shape: graph.layers[index].shape, in: &graph)
      if let new = graph.layers[index].update?.layer, !live.contains(new) { live.append(new) }
    }
    var last = try graph.shaped(simplified.result, shape)
    let isRead = live.contains { index in
      (graph.layers[index].from + [graph.layers[index].update].compactMap { $0 }).contains { $0.layer == last.layer }
    }
    if last.layer == nil || isRead || graph.layer(last) == nil {
      graph.label = "result"
      last = try Self.reshape(last, shape, in: &graph)
    }
    live.removeAll { $0 == last.layer }
    if let index = last.layer { live.append(index) }
    guard live.count <= Self.limit else {
      throw Refusal("\(live.count) layers", expected: "at most \(Self.limit)")
    }
    self.graph = graph
    for index in live { name(index) }
    for index in live { list(index) }
  }

  /// The result of a layer that holds `update` until the frame is over.
  private static func settled(_ update: Source, shape: [Int], in graph: inout LayerGraph) throws(Refusal) -> Source {
    let origin = graph.unshaped(update)
    switch origin {
    case .layer(let index) where graph.layers[index].form != .state: return origin
    // What a recurrent layer remembers is read like a result.
    case .hidden, .cell: return try reshape(origin, shape, in: &graph)
    // A state, or the frame, that is handed on as it is has to be copied: states change one after the other.
    case .layer, .input:
      var copy = Layer(kind: "activation", label: graph.label, from: [origin], shape: graph.shape(of: origin))
      copy.keys = ["function": "linear"]
      return try graph.add(copy)
    }
  }

  /// A layer that reads `source` in the shape `shape`, even if that is its own.
  private static func reshape(_ source: Source, _ shape: [Int], in graph: inout LayerGraph) throws(Refusal) -> Source {
    try graph.add(
      Layer(
        kind: "reshape", form: .reshape, label: graph.label, from: [source],
        keys: ["shape": .array(shape.map { .integer($0) })], shape: shape))
  }

  /// Gives a layer the name of its node, as far as that is a name in our files.
  private mutating func name(_ index: Int) {
    var bytes: [UInt8] = []
    for byte in graph.layers[index].label.utf8 {
      switch UnicodeScalar(byte) {
      case "a"..."z", "A"..."Z", "0"..."9", "_": bytes.append(byte)
      default: if let last = bytes.last, last != UInt8(ascii: "-") { bytes.append(UInt8(ascii: "-")) }
      }
    }
    let text = String(decoding: bytes.suffix(48), as: UTF8.self)
    let trimmed = text.drop { $0 == "-" }
    let stem = trimmed.isEmpty ? "layer" : String(trimmed)
    var name = stem
    var number = 2
    while !taken.insert(name).inserted {
      name = "\(stem)-\(number)"
      number += 1
    }
    names[index] = name
  }

  private func name(_ source: Source) -> String {
    switch source {
    case .input: "input"
    case .layer(let index): names[index] ?? ""
    case .hidden(let index): (names[index] ?? "") + ".h"
    case .cell(let index): (names[index] ?? "") + ".c"
    }
  }

  private mutating func list(_ index: Int) {
    let layer = graph.layers[index]
    var document = layer.keys
    document["kind"] = .string(layer.kind)
    let name = names[index] ?? ""
    document["name"] = .string(name)
    if layer.form == .state {
      document["shape"] = .array(layer.shape.map { .integer($0) })
      document["update"] = layer.update.map { .string(self.name($0)) }
    }
    if ["dense", "convolution", "transposed-convolution", "recurrent"].contains(layer.kind) {
      document["activation"] = document["activation"] ?? "linear"
    }
    switch layer.from.count {
    case 0: break
    case 1: document["from"] = .string(self.name(layer.from[0]))
    default: document["from"] = .array(layer.from.map { .string(self.name($0)) })
    }
    documents.append(.object(document))
    for (part, weights) in layer.tensors.sorted(by: { $0.key < $1.key }) {
      tensors.append(ImportedModel.Tensor(name: "\(name).\(part)", weights: weights))
    }
  }
}
