import Foundation

/// A folder of its own for one test, short enough for a socket's path.
struct TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = "/tmp/sotto-\(UInt32.random(in: 0...UInt32.max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  /// The permission bits of a file in the folder.
  func mode(of name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: file(name))[.posixPermissions] as? Int
  }
}
