internal import Glibc
internal import NIOCore

/// Who is at the other end of a socket, as the kernel knows it.
struct Peer: Sendable {
  /// What `SO_PEERCRED` fills in: the C library's `ucred`, which its headers hide from Swift.
  struct Credentials: Sendable {
    var process: pid_t = 0
    var user: uid_t = 0
    var group: gid_t = 0
  }

  /// The socket option that holds them.
  static let option = NIOBSDSocket.Option(rawValue: SO_PEERCRED)

  /// The user that the other process ran as when it connected or listened.
  let user: uid_t

  init(_ credentials: Credentials) { user = credentials.user }

  /// The peer of a connected socket.
  init(of socket: borrowing Descriptor) throws(SystemFailure) {
    var credentials = Credentials()
    var size = socklen_t(MemoryLayout<Credentials>.size)
    guard unsafe getsockopt(socket.raw, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else {
      throw SystemFailure("getsockopt")
    }
    self.init(credentials)
  }

  /// Whether a daemon of this process's user takes orders from the peer: from its own user and from root.
  var mayControl: Bool { user == getuid() || user == 0 }

  /// Whether the peer can be the daemon that this process looks for: its own user's or root's, and for root any.
  var mayServe: Bool { user == getuid() || user == 0 || getuid() == 0 }
}
