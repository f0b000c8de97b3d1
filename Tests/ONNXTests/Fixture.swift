import Foundation
import Network
import ONNX
import Testing

/// A model, frames for it, and what ONNX Runtime makes of them; `make_fixtures.py` writes it.
struct Fixture {
  let path: String
  let frames: [[Float]]
  let results: [[Float]]

  init(_ name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    path = folder.appendingPathComponent("\(name).onnx").path
    (frames, results) = try Self.values(folder.appendingPathComponent("\(name).values").path)
  }

  /// Frames and results of a `.values` file.
  static func values(_ path: String) throws -> (frames: [[Float]], results: [[Float]]) {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let numbers = data.withUnsafeBytes { bytes in
      (0..<3).map { Int(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)) }
    }
    let (count, width, height) = (numbers[0], numbers[1], numbers[2])
    let values: [Float] = data.withUnsafeBytes { bytes in
      (0..<count * (width + height)).map { bytes.loadUnaligned(fromByteOffset: 12 + 4 * $0, as: Float.self) }
    }
    return (
      (0..<count).map { Array(values[$0 * width..<($0 + 1) * width]) },
      (0..<count).map { Array(values[count * width + $0 * height..<count * width + ($0 + 1) * height]) }
    )
  }
}

/// What the engine computes with an imported model.
struct Played {
  let model: Model

  /// Imports, writes the weights file, and loads it again.
  init(_ path: String, _ options: ImportOptions) throws {
    let imported = try ONNXImport.read(path: path, options: options)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sotto-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("model.safetensors").path
    try SafetensorsWriter.write(
      imported.document,
      imported.tensors.map { tensor in
        SafetensorsWriter.Tensor(name: tensor.name, shape: tensor.shape) { tensor.values }
      }, path: file)
    model = try Model.load(path: file)
  }

  /// The results for frames in the order of our own tensor `input`.
  func results(_ frames: [[Float]]) -> [[Float]] {
    var graph = NetworkGraph(model: model)
    return frames.map { frame in
      precondition(frame.count == graph.inputCount)
      for (index, value) in frame.enumerated() { graph.input()[index] = value }
      graph.step()
      return (0..<graph.outputCount).map { graph.output()[$0] }
    }
  }

  /// The kinds of all layers.
  var kinds: [String] { model.description.layers.map(\.kind) }
}

/// The furthest that results are from expected ones, as a share of the largest expected number.
func distance(_ results: [[Float]], _ expected: [[Float]]) -> Float {
  guard results.count == expected.count, zip(results, expected).allSatisfy({ $0.count == $1.count }) else {
    return .infinity
  }
  let scale = expected.joined().map(abs).max() ?? 0
  let furthest = zip(results.joined(), expected.joined()).map { abs($0 - $1) }
  // A maximum would skip what is no number.
  return furthest.allSatisfy(\.isFinite) && scale > 0 ? (furthest.max() ?? 0) / scale : .infinity
}
