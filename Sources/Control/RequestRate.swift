/// Lets a client's requests through at a bounded rate; those beyond it wait, none is lost.
struct RequestRate {
  private let rate: Double
  private let burst: Double
  private var left: Double
  private var last = 0.0

  /// So many requests a second, and `burst` at once after a rest.
  init(rate: Double, burst: Double) {
    self.rate = rate
    self.burst = burst
    left = burst
  }

  /// Seconds until the next request may be taken at `now` seconds; zero for at once.
  mutating func wait(at now: Double) -> Double {
    left = min(burst, left + max(0, now - last) * rate)
    last = now
    return left >= 1 ? 0 : (1 - left) / rate
  }

  /// Counts requests that were taken; a batch may leave a debt that later ones wait for.
  mutating func spend(_ requests: Int) { left -= Double(requests) }
}
