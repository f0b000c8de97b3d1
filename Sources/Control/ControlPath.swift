private import Glibc

/// Where a daemon's socket stands.
public enum ControlPath {
  /// The socket of the daemon of this name: `$XDG_RUNTIME_DIR/sotto/control.sock` for `sotto`, `NAME.sock` beside it for
  /// any other.
  ///
  /// Without a runtime folder it is under `/run/user/UID`, and without that under `/tmp/sotto-UID`. Nothing is created.
  ///
  /// - Parameters:
  ///   - name: The daemon's name (`--name`).
  ///   - runtimeFolder: The user's runtime folder; that of the environment unless told otherwise.
  /// - Throws: `ControlPathError` for a name that would be no file's name.
  public static func socket(
    name: String = "sotto", runtimeFolder: String? = variable("XDG_RUNTIME_DIR")
  ) throws(ControlPathError) -> String {
    guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/"), !name.contains("\0"), name != "control" else {
      throw ControlPathError(name: name)
    }
    return folder(runtimeFolder: runtimeFolder) + (name == "sotto" ? "/control.sock" : "/\(name).sock")
  }

  private static func folder(runtimeFolder: String?) -> String {
    // The base directory specification: a relative path is no path.
    if let runtimeFolder, runtimeFolder.hasPrefix("/") { return runtimeFolder + "/sotto" }
    let user = getuid()
    return unsafe access("/run/user/\(user)", W_OK) == 0 ? "/run/user/\(user)/sotto" : "/tmp/sotto-\(user)"
  }

  /// The value of an environment variable, `nil` when it is not set or empty.
  public static func variable(_ name: String) -> String? {
    guard let value = unsafe getenv(name).map({ unsafe String(cString: $0) }), !value.isEmpty else { return nil }
    return value
  }
}

/// A daemon's name that cannot name its socket.
public struct ControlPathError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The name found.
  public let name: String

  /// What is wrong with the name.
  public var description: String {
    name == "control"
      ? "the name \"control\" is taken: the socket of the daemon \"sotto\" is called control.sock"
      : "\"\(name)\" cannot name a daemon: found \(name.isEmpty ? "nothing" : "a \"/\", a leading \".\" or a zero byte"), "
        + "expected a word that can be a file's name"
  }
}
