internal import NIOCore

extension NIODeadline {
  /// Now, in seconds of the clock that event loops wait by.
  static var seconds: Double { Double(now().uptimeNanoseconds) / 1e9 }
}

extension TimeAmount {
  /// So many seconds.
  static func seconds(_ seconds: Double) -> TimeAmount { .nanoseconds(Int64(seconds * 1e9)) }
}
