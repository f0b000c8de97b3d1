/// The share of its time that a stream keeps the processor busy, over the last seconds.
struct Load: Sendable {
  private var last: (busy: Double, at: ContinuousClock.Instant)?
  /// The share, smoothed over about two seconds; `nil` without a server.
  private(set) var share: Double?

  /// Takes the sum of busy seconds at this moment.
  mutating func look(busy: Double, isConnected: Bool) {
    guard isConnected else {
      self = Load()
      return
    }
    let now = ContinuousClock.now
    if let last, now > last.at, busy >= last.busy {
      let present = (busy - last.busy) / ((now - last.at) / .seconds(1))
      share = share.map { $0 + (present - $0) * 0.125 } ?? present
    }
    last = (busy, now)
  }
}
