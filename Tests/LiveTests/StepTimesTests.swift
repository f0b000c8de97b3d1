import Testing

@testable import Live

@Suite struct StepTimesTests {
  /// The counts behind a reference, since a test macro cannot look into a move-only value.
  final class Times {
    private let times = StepTimes()
    func record(_ nanoseconds: UInt64) { times.record(nanoseconds: nanoseconds) }
    func seconds(_ share: Double) -> Double { times.seconds(share: share) }
    var longest: Double { times.longestSeconds() }
    var busy: Double { times.busySeconds() }
  }

  @Test("Medians and tails are right to a quarter of an octave, the longest exactly")
  func quantiles() {
    let times = Times()
    for _ in 0..<980 { times.record(300_000) }
    for _ in 0..<19 { times.record(2_000_000) }
    times.record(9_123_456)
    #expect(times.seconds(0.5) >= 300e-6 && times.seconds(0.5) <= 300e-6 * 1.25)
    #expect(times.seconds(0.99) >= 2e-3 && times.seconds(0.99) <= 2e-3 * 1.25)
    #expect(times.longest == 9_123_456e-9)
    #expect(abs(times.busy - (980 * 300e-6 + 19 * 2e-3 + 9_123_456e-9)) < 1e-9)
  }

  @Test("Before the first step there is nothing to tell, and extremes do not break it")
  func extremes() {
    let times = Times()
    #expect(times.seconds(0.5) == 0)
    times.record(0)
    times.record(.max / 4)
    #expect(times.seconds(1) == times.longest)
  }
}
