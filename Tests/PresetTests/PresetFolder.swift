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
    let shapes = ["output.weight": [66, 33], "output.bias": [66]]
    return try writeTensors(name, description: description, shapes: shapes, value: weight)
  }

  /// Writes the weights of a network that gives the voice's spectrum, on windows of 64 samples.
  @discardableResult
  func writeSpectrumWeights(_ name: String) throws -> String {
    let description: [String: Any] = [
      "format": 2, "name": "tiny", "title": "A tiny network of spectra",
      "grid": ["rate": 16000, "window": 64, "hop": 16, "shape": "square-root-hann"],
      "input": ["feature": "spectrum", "scale": 1, "level": ["kind": "none"]],
      "layers": [["kind": "dense", "name": "output", "activation": "linear"]],
      "output": ["kind": "spectrum"],
      "training": [String: Any](), "quality": [String: Any](), "licence": [String: Any](),
    ]
    let shapes = ["output.weight": [33, 33], "output.bias": [33]]
    return try writeTensors(name, description: description, shapes: shapes, value: 0.5)
  }

  /// Writes the weights of a network that hears mid and side, on windows of 64 samples.
  @discardableResult
  func writeMidSideWeights(_ name: String) throws -> String {
    let description: [String: Any] = [
      "format": 2, "name": "tiny", "title": "A tiny network of mid and side",
      "grid": ["rate": 16000, "window": 64, "hop": 16, "shape": "square-root-hann"],
      "input": ["feature": "mid-side", "scale": 1, "level": ["kind": "none"]],
      "layers": [["kind": "dense", "name": "output", "activation": "sigmoid"]],
      "output": ["kind": "mask", "mask": "probabilistic"],
      "training": [String: Any](), "quality": [String: Any](), "licence": [String: Any](),
    ]
    let shapes = ["output.weight": [66, 66], "output.bias": [66]]
    return try writeTensors(name, description: description, shapes: shapes, value: 0.5)
  }

  /// Writes a dictionary of one even atom a source, on windows of 16 samples at 16 kHz.
  @discardableResult
  func writeDictionary(_ name: String) throws -> String {
    let description: [String: Any] = [
      "format": 1, "kind": "dictionary", "name": "tiny", "title": "A tiny dictionary",
      "grid": ["rate": 16000, "window": 16, "hop": 8, "shape": "square-root-hann"],
      "atoms": ["voice": 1, "accompaniment": 1],
      "training": [String: Any](), "quality": [String: Any](), "licence": [String: Any](),
    ]
    return try writeTensors(
      name, description: description, shapes: ["voice": [1, 9], "accompaniment": [1, 9]], value: 0.5)
  }

  private func writeTensors(
    _ name: String, description: [String: Any], shapes: [String: [Int]], value: Float
  ) throws -> String {
    let document = String(decoding: try JSONSerialization.data(withJSONObject: description), as: UTF8.self)
    var entries: [String: Any] = ["__metadata__": ["sotto": document]]
    var count = 0
    for (name, shape) in shapes {
      let end = count + shape.reduce(1, *)
      entries[name] = ["dtype": "F32", "shape": shape, "data_offsets": [4 * count, 4 * end]]
      count = end
    }
    let header = try JSONSerialization.data(withJSONObject: entries)
    var file = Data()
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { file.append(contentsOf: $0) }
    file.append(header)
    for _ in 0..<count { withUnsafeBytes(of: value.bitPattern.littleEndian) { file.append(contentsOf: $0) } }
    return try write(name, file)
  }
}

/// The repository's own presets, wherever it was cloned.
let repositoryPresets = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("presets").path
