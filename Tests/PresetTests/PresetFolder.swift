import Foundation

/// A folder of presets for one test, gone when the test is.
final class PresetFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("sotto-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and gives its path.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Data(text.utf8)) }

  @discardableResult
  func write(_ name: String, _ data: Data) throws -> String {
    let file = "\(path)/\(name)"
    try data.write(to: URL(fileURLWithPath: file))
    return file
  }

  /// Writes the weights of a network with windows of 64 samples and one layer, every weight of which is `weight`.
  @discardableResult
  func writeWeights(_ name: String, weight: Float = 0.5, hop: Int = 16) throws -> String {
    let description: [String: Any] = [
      "format": 2, "name": "tiny", "title": "A tiny network",
      "grid": ["rate": 16000, "window": 64, "hop": hop, "shape": "square-root-hann"],
      "input": [
        "feature": "magnitude", "scale": 1, "context": ["past": 0, "future": 0],
        "level": ["kind": "running-rms", "seconds": 3, "floor": -60],
      ],
      "layers": [["kind": "dense", "name": "output", "activation": "linear"]],
      "output": [
        "kind": "two-source-magnitudes", "sources": ["accompaniment", "voice"], "mask": "soft", "exponent": 1,
      ],
      "training": [String: Any](), "quality": [String: Any](), "licence": [String: Any](),
    ]
    let document = String(decoding: try JSONSerialization.data(withJSONObject: description), as: UTF8.self)
    let header = try JSONSerialization.data(withJSONObject: [
      "__metadata__": ["sotto": document],
      "output.weight": ["dtype": "F32", "shape": [66, 33], "data_offsets": [0, 8712]],
      "output.bias": ["dtype": "F32", "shape": [66], "data_offsets": [8712, 8976]],
    ])
    var file = Data()
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { file.append(contentsOf: $0) }
    file.append(header)
    for _ in 0..<66 * 34 { withUnsafeBytes(of: weight.bitPattern.littleEndian) { file.append(contentsOf: $0) } }
    return try write(name, file)
  }
}

/// The repository's own presets, wherever it was cloned.
let repositoryPresets = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("presets").path
