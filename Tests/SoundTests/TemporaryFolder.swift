import Foundation

/// A folder of a test's own, gone when the test ends.
struct TemporaryFolder: ~Copyable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "sotto-sound-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The names of everything in the folder, hidden files too.
  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}

/// Deterministic noise between -1 and 1, one array a channel.
func noise(channels: Int, frames: Int, seed: UInt32 = 1) -> [[Float]] {
  var state = seed
  return (0..<channels).map { _ in
    (0..<frames).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(Int32(bitPattern: state) >> 8) / Float(1 << 23)
    }
  }
}
