import Foundation

/// A folder that stands in for a user's home, runtime and state folders, and goes away with the last who uses it.
final class Home {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "sotto-system-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The variables that lead a program here.
  var environment: [String: String] {
    let names = ["XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"]
    return Dictionary(uniqueKeysWithValues: names.map { ($0, url.path) })
  }
}
