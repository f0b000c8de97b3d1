private import Glibc

/// Puts a daemon's socket in its place, replacing that of a dead one and never that of a live one.
enum ListeningSocket {
  /// A bound socket with mode 0600, not yet listening; the caller holds the path's ``SocketLock``.
  static func bind(_ path: String) throws(ControlServerError) -> Descriptor {
    guard let address = UnixAddress(path) else { throw .badPath(path: path) }
    try clear(path, address)
    do throws(SystemFailure) {
      let socket = try Descriptor.socket()
      // Before it is bound: at no moment can others open it.
      guard fchmod(socket.raw, 0o600) == 0 else { throw SystemFailure("fchmod") }
      try address.bind(socket)
      return socket
    } catch {
      throw .system(path: path, error)
    }
  }

  /// Removes a socket at which nobody answers.
  private static func clear(_ path: String, _ address: UnixAddress) throws(ControlServerError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notSocket(path: path) }
    do throws(SystemFailure) {
      try address.connect(Descriptor.socket())
    } catch  where error.code == ECONNREFUSED || error.code == ENOENT {
      guard unsafe unlink(path) == 0 || errno == ENOENT else { throw .system(path: path, SystemFailure("unlink")) }
      return
    } catch {
      throw .system(path: path, error)
    }
    throw .alreadyServed(path: path)
  }
}
