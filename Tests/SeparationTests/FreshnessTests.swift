import Realtime
import Testing

@testable import Separation

/// After any overload masks are fresh again within a second.
@Suite struct FreshnessTests {
  /// The trained network at 48 kHz, whose hop is 16 ms, with steps of a given length.
  static func stream(_ settings: SeparatorSettings, stepMilliseconds: Double, slackPeriods: Int) -> Stream {
    let stream = Stream(settings, channels: 2, period: 256, slack: slackPeriods * 256)
    stream.stepSamples = Int(stepMilliseconds * 48)
    return stream
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var stepMilliseconds: Double
    /// What admission gives such a step.
    var slackPeriods: Int
    var cadence = Cadence()
    var testDescription: String { "\(stepMilliseconds) ms a step, \(cadence)" }
  }

  @Test(
    "A stall of three seconds is over for the listener at once, also for a network that takes nine tenths of its time",
    arguments: [
      Case(stepMilliseconds: 0.4, slackPeriods: 1), Case(stepMilliseconds: 14.4, slackPeriods: 4),
      Case(stepMilliseconds: 28.8, slackPeriods: 7, cadence: Cadence(every: 2)),
      Case(stepMilliseconds: 28.8, slackPeriods: 7, cadence: Cadence(every: 2, between: .interpolate)),
    ])
  func stall(_ load: Case) throws {
    var settings = try LearnedSeparationTests.settings()
    settings.cadence = load.cadence
    let stream = Self.stream(settings, stepMilliseconds: load.stepMilliseconds, slackPeriods: load.slackPeriods)
    let sound = (0..<2).map { noise(8 * 48_000, seed: UInt64(60 + $0)) }
    var late: [Int] = []
    let out = stream.run(sound, period: 256) { stream, position in
      stream.isStalled = (2 * 48_000..<5 * 48_000).contains(position)
      if position / 256 % 15 == 0 { late.append(stream.separator.lateFrames) }
    }
    let second = late.count / 8
    #expect(late[2 * second] == 0, "in time before the stall")
    #expect(late[5 * second] > 150, "3 s are 187 frames of 16 ms")
    #expect(late[6 * second] == stream.separator.lateFrames, "in time again within a second")
    for channel in 0..<2 { #expect(out.dry[channel] == delayed(sound[channel], by: stream.separator.latency.samples)) }
  }

  @Test("A machine that is too slow for good is late and says so, and is in time when it is fast enough again")
  func overload() throws {
    let stream = Self.stream(try LearnedSeparationTests.settings(), stepMilliseconds: 24, slackPeriods: 1)
    let sound = (0..<2).map { noise(6 * 48_000, seed: UInt64(70 + $0)) }
    var after = 0
    _ = stream.run(sound, period: 256) { stream, position in
      if position >= 3 * 48_000 { stream.stepSamples = 48 }
      if position < 4 * 48_000 { after = stream.separator.lateFrames }
    }
    #expect(after > 90, "most of the 187 frames")
    #expect(stream.separator.lateFrames == after)
  }
}
