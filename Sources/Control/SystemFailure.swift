private import Glibc

/// A call of the C library that failed, and why.
public struct SystemFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The call: `bind`, `connect`.
  public let call: String
  /// The value of `errno`.
  public let code: Int32

  /// The failure of the call that was just made on this thread.
  init(_ call: String) {
    self.call = call
    code = errno
  }

  /// The call and the reason in the system's words.
  public var description: String { "\(call): \(unsafe String(cString: strerror(code)))" }
}
