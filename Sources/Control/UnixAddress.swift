internal import Glibc

/// The address of a UNIX socket, as the C library wants it.
struct UnixAddress {
  private var address = sockaddr_un()

  /// The longest path that an address can hold, in bytes.
  static let longest = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// The address of `path`, `nil` when the path is empty or too long.
  init?(_ path: String) {
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, bytes.count <= Self.longest, !bytes.contains(0) else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    // The rest of the path is zero already, and ends it.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
  }

  /// Calls `connect`.
  func connect(_ socket: borrowing Descriptor) throws(SystemFailure) {
    let descriptor = socket.raw
    guard unsafe call({ unsafe Glibc.connect(descriptor, $0, $1) }) == 0 else { throw SystemFailure("connect") }
  }

  /// Calls `bind`.
  func bind(_ socket: borrowing Descriptor) throws(SystemFailure) {
    let descriptor = socket.raw
    guard unsafe call({ unsafe Glibc.bind(descriptor, $0, $1) }) == 0 else { throw SystemFailure("bind") }
  }

  private func call(_ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
    let size = MemoryLayout<sockaddr_un>.size
    return unsafe withUnsafePointer(to: address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, socklen_t(size)) }
    }
  }
}
