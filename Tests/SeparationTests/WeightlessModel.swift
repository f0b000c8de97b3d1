import Foundation

@testable import Network

extension Model {
  /// A model whose layers need no weights, through a file as any other: `document` says what is its own.
  static func weightless(_ document: [String: Any]) throws -> Model {
    let rest: [String: Any] = [
      "format": 2, "training": [String: Any](), "quality": [String: Any](), "licence": [String: Any](),
    ]
    let whole = try JSONSerialization.data(withJSONObject: rest.merging(document) { $1 })
    let metadata = ["__metadata__": ["sotto": String(decoding: whole, as: UTF8.self)]]
    let header = try JSONSerialization.data(withJSONObject: metadata)
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("sotto-\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    try (withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header).write(to: file)
    return try Model.load(path: file.path)
  }
}
