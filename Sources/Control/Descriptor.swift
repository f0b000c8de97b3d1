private import Glibc

/// A file descriptor that is closed when its owner goes, unless it was given away.
struct Descriptor: ~Copyable {
  let raw: CInt

  /// Takes what a call returned; a negative number is its failure.
  init(_ raw: CInt, from call: String) throws(SystemFailure) {
    guard raw >= 0 else { throw SystemFailure(call) }
    self.raw = raw
  }

  /// A new UNIX stream socket that no program started from here inherits.
  static func socket() throws(SystemFailure) -> Descriptor {
    let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    return try Descriptor(Glibc.socket(AF_UNIX, type, 0), from: "socket")
  }

  /// Gives the descriptor to a new owner.
  consuming func give() -> CInt {
    let raw = raw
    discard self
    return raw
  }

  deinit { close(raw) }
}
