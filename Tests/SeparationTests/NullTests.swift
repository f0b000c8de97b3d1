import Realtime
import Testing

@testable import Separation

/// Voice plus accompaniment is the input, delayed by the declared latency, whatever happens meanwhile.
@Suite struct NullTests {
  struct Graph: Sendable, CustomTestStringConvertible {
    var rate: Int
    var period: Int
    var channels: Int
    var testDescription: String { "\(rate) Hz, period \(period), \(channels) channels" }
  }

  static let graphs = [8000, 11025, 22050, 44100, 48000, 96000, 192_000].flatMap { rate in
    [16, 100, 256, 441, 1024, 8192].flatMap { period in
      [1, 2, 3].map { Graph(rate: rate, period: period, channels: $0) }
    }
  }

  /// A second of sound, in which presets change, bypass comes and goes, and masks stay away for 1 to 40 ms at a time.
  @Test("The stems add up on every graph, through changes, bypass and late masks", arguments: graphs)
  func sumIsTheInput(graph: Graph) {
    let centre = SeparatorSettings(method: .centre(CentreSettings()), channels: .each)
    let other = SeparatorSettings(method: .centre(CentreSettings(exponent: 1, lowest: 50, highest: 3000)))
    let rig = SwitcherTests.Rig(
      centre, channels: graph.channels, period: graph.period, rate: graph.rate, slack: graph.period)
    let length = max(graph.rate, 20 * graph.period)
    let sound = (0..<graph.channels).map { noise(length, seed: UInt64(graph.rate + $0)) }
    var calls = 0
    let stalls = [1, 2, 5, 10, 20, 40]
    let out = rig.run(sound) { rig, position in
      let milliseconds = position * 1000 / graph.rate
      rig.isStalled = milliseconds % 100 < stalls[milliseconds / 100 % stalls.count]
      rig.targets.bypass = milliseconds % 400 > 300
      if calls % (length / graph.period / 3) == 1 { rig.offer(calls / 2 % 2 == 0 ? other : centre) }
      _ = rig.collect()
      calls += 1
    }
    for channel in 0..<graph.channels {
      let whole = SwitcherTests.sum(out.voice[channel], out.rest[channel])
      #expect(difference(whole, delayed(sound[channel], by: rig.switcher.latency)) < -120)
    }
  }
}
