import Foundation

/// A folder of its own for one test, short enough for a socket's path.
package struct TemporaryFolder: Sendable {
  /// Where it is.
  package let path: String

  /// Makes it.
  package init() throws {
    path = "/tmp/sotto-\(UInt32.random(in: 0...UInt32.max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  /// Takes it away with all that is in it.
  package func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it.
  package func file(_ name: String) -> String { path + "/" + name }

  /// The permission bits of a file in the folder.
  package func mode(of name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: file(name))[.posixPermissions] as? Int
  }
}
