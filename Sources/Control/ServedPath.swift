private import Glibc

/// A socket's path while a daemon serves it: locked for others, and cleared when the daemon lets go of it.
struct ServedPath: ~Copyable {
  let path: String
  private let lock: SocketLock

  /// Claims the path.
  init(_ path: String) throws(ControlServerError) {
    guard UnixAddress(path) != nil else { throw .badPath(path: path) }
    try SocketFolder.prepare(for: path)
    lock = try SocketLock(socket: path)
    self.path = path
  }

  /// Puts a bound socket there.
  func bind() throws(ControlServerError) -> Descriptor { try ListeningSocket.bind(path) }

  // The lock, a member, goes after this has run: nobody can have put another socket here before.
  deinit { unsafe unlink(path) }
}
