/// Why a server could not be started.
public enum ControlServerError: Error, Sendable, Equatable {
  /// A daemon already serves this path.
  case alreadyServed(path: String)
  /// The path is empty or longer than a socket's can be.
  case badPath(path: String)
  /// Something that is no socket stands at the path; it is left alone.
  case notSocket(path: String)
  /// The folder of the socket is not ours alone, so that others could put a socket of theirs in its place.
  case folderNotOurs(folder: String, found: String)
  /// The system refused.
  case system(path: String, SystemFailure)
  /// The event loop could not serve the socket.
  case loop(path: String, reason: String)
}

extension ControlServerError: CustomStringConvertible {
  /// What is wrong, and what to do about it.
  public var description: String {
    switch self {
    case .alreadyServed(let path):
      "another daemon already serves \(path); stop it, or start this one with --name or --socket"
    case .badPath(let path):
      "socket path \"\(path)\": found \(path.utf8.count) bytes, expected 1 to \(UnixAddress.longest)"
    case .notSocket(let path):
      "\(path) is there and is no socket; move it away, or choose another path with --socket"
    case .folderNotOurs(let folder, let found):
      "\(folder): found \(found), expected a folder of this user with mode 0700"
    case .system(let path, let failure):
      "\(path): \(failure)"
    case .loop(let path, let reason):
      "\(path): \(reason)"
    }
  }
}
