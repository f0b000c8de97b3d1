/// What one client, and all of them together, may ask of a server; the defaults are those of the protocol.
public struct ControlLimits: Sendable {
  /// The longest request line in bytes.
  public var line = 64 << 10
  /// The most clients at once; one more takes the place of the longest-silent one without a subscription.
  public var clients = 64
  /// The most requests in a batch.
  public var batch = 64
  /// Requests a second for each client; more are answered later, not refused.
  public var rate = 2000.0
  /// Requests that a client may send at once before its rate counts.
  public var burst = 500.0
  /// Bytes of unread replies above which a client's next request waits.
  public var backlog = 64 << 10
  /// Bytes of unread messages above which a client is dropped.
  public var queue = 1 << 20
  /// Seconds in which a begun line must end.
  public var lineSeconds = 30.0
  /// Seconds in which a client must read something of what waits for it.
  public var stallSeconds = 10.0

  /// The limits of the protocol.
  public init() {}
}
