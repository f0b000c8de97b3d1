import Foundation

/// A `.safetensors` file in the making, every part of which a test may spoil.
struct WeightsWriter {
  struct Tensor {
    var type = "F32"
    var shape: [Int]
    var bytes: [UInt8]

    init(_ shape: [Int], _ values: [Float]) {
      self.shape = shape
      bytes = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
    }
  }

  var document: [String: Any]
  var tensors: [(name: String, tensor: Tensor)]
  var metadata: [String: Any] = [:]
  /// Replaces the offsets of the tensor of that name.
  var offsets: [String: [Int]] = [:]

  /// The whole file.
  func bytes() throws -> [UInt8] {
    var metadata = metadata
    let text = try JSONSerialization.data(withJSONObject: document, options: [.sortedKeys])
    if metadata["sotto"] == nil { metadata["sotto"] = String(decoding: text, as: UTF8.self) }
    var header: [String: Any] = ["__metadata__": metadata]
    var data: [UInt8] = []
    for (name, tensor) in tensors {
      header[name] = [
        "dtype": tensor.type, "shape": tensor.shape,
        "data_offsets": offsets[name] ?? [data.count, data.count + tensor.bytes.count],
      ]
      data += tensor.bytes
    }
    return try Self.file(header: [UInt8](JSONSerialization.data(withJSONObject: header, options: [.sortedKeys])), data)
  }

  /// Header and data with the header's length before them.
  static func file(header: [UInt8], _ data: [UInt8]) throws -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + data
  }
}

/// A file of its own for one test, gone when the test is.
final class TemporaryFile {
  let path: String

  init(_ bytes: [UInt8], name: String = "model.safetensors") throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sotto-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appendingPathComponent(name).path
    try write(bytes)
  }

  deinit { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }

  func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
}

/// The repository's own files, wherever it was cloned.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static func fixture(_ name: String) -> String { "\(root)/Tests/NetworkTests/Fixtures/\(name)" }
}

/// Repeatable random numbers (SplitMix64).
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func float(_ range: ClosedRange<Float>) -> Float { Float.random(in: range, using: &self) }
}
