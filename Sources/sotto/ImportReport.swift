internal import ONNX

/// What an import found, how it was understood, and what came of it.
struct ImportReport: Encodable {
  /// An input that holds what an output gave in the frame before.
  struct State: Encodable {
    let input: String
    let output: String
    let shape: [Int]
  }

  let producer: String
  let opset: Int
  let nodes: Int
  let layers: Int
  let parameters: Int
  let frame: String
  let result: String
  let states: [State]
  let notes: [String]
  let weights: String
  let preset: CheckReport

  init(_ imported: ImportedModel, _ files: ImportFiles, _ check: CheckReport) {
    let findings = imported.findings
    (producer, opset, nodes) = (findings.producer, findings.opset, findings.nodes)
    (layers, parameters) = (imported.layerCount, imported.parameters)
    (frame, result, notes) = (findings.frame, findings.result, findings.notes)
    states = findings.states.map { State(input: $0.input, output: $0.output, shape: $0.shape) }
    weights = files.weights
    preset = check
  }

  /// For people, with what to do next.
  var text: String {
    let paired = states.map { "\($0.input) \($0.shape) holds \($0.output) of the frame before" }
    var rows: [(String, String?)] = [
      ("found", "\(nodes) nodes of operator set \(opset), by \(producer.isEmpty ? "nobody" : producer)"),
      ("frame", frame), ("result", result),
    ]
    rows += (paired.isEmpty ? ["none"] : paired).enumerated().map { ($0 == 0 ? "states" : "", $1) }
    rows += notes.enumerated().map { ($0 == 0 ? "note" : "", $1) }
    rows += [
      ("written", "\(layers) layers, \(parameters) parameters: \(weights), \(preset.path)"),
      (
        "latency",
        preset.latency.map { "\(milliseconds($0.seconds)) at \(decimal(Double($0.rate) / 1000)) kHz" }
          .joined(separator: ", ")
      ),
    ]
    let name = preset.name
    return aligned(rows) + """


      To hear it:
        sotto separate song.flac --preset \(name) --preset-path \(folder)
        sottod --preset-path \(folder) --preset \(name)
      or copy both files to ~/.config/sotto/presets and say: sotto reload && sotto use \(name)


      """
  }

  private var folder: String {
    preset.path.lastIndex(of: "/").map { String(preset.path[..<$0]) } ?? "."
  }
}
