private import Glibc

/// Held by the daemon that serves a path, from before it looks at the socket until after it has removed it.
///
/// The system lets go of it when the daemon dies, however it dies, so a socket whose lock is free is a dead one's.
struct SocketLock: ~Copyable {
  private let path: String
  private let file: Descriptor

  /// Takes the lock of a socket, or says that another daemon holds it.
  init(socket: String) throws(ControlServerError) {
    path = socket + ".lock"
    while true {
      let file: Descriptor
      do throws(SystemFailure) {
        file = try unsafe Descriptor(open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600), from: "open")
      } catch {
        throw .system(path: path, error)
      }
      guard flock(file.raw, LOCK_EX | LOCK_NB) == 0 else {
        guard errno == EWOULDBLOCK else { throw .system(path: path, SystemFailure("flock")) }
        throw .alreadyServed(path: socket)
      }
      // Another daemon may have removed the file between opening and locking it; then the lock is worth nothing.
      if Self.isStill(file, at: path) {
        self.file = file
        return
      }
    }
  }

  private static func isStill(_ file: borrowing Descriptor, at path: String) -> Bool {
    var opened = stat()
    var named = stat()
    return unsafe fstat(file.raw, &opened) == 0 && lstat(path, &named) == 0
      && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
  }

  /// Removes the lock's file while it is still held.
  deinit { unsafe unlink(path) }
}
