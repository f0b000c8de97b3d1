private import Glibc

/// A socket's path while a daemon serves it: locked for others, and cleared when the daemon lets go of it.
struct ServedPath: ~Copyable {
  let path: String
  private let lock: SocketLock
  /// Whether what stands at the path is ours to remove.
  private var isBound = false

  /// Claims the path and touches nothing that stands there.
  init(_ path: String) throws(ControlServerError) {
    guard UnixAddress(path) != nil else { throw .badPath(path: path) }
    try SocketFolder.prepare(for: path)
    lock = try SocketLock(socket: path)
    self.path = path
  }

  /// Puts a bound socket there.
  mutating func bind() throws(ControlServerError) -> Descriptor {
    let socket = try ListeningSocket.bind(path)
    isBound = true
    return socket
  }

  // The lock, a member, goes after this has run: nobody can have put another socket here before.
  deinit { if isBound { unsafe unlink(path) } }
}
