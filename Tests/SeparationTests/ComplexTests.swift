import Foundation
import Realtime
import Spectral
import Testing

@testable import Separation

/// Estimators that return the complex spectrum of the voice, by filters whose output is known without a transform.
@Suite struct ComplexTests {
  /// What a voice is made of the mixture by.
  enum Filter: Sendable {
    /// One sample later: by the windows' overlap the voice is `cos(π / N)` times the sample before, exactly.
    case delay
    /// Every sine a quarter of its turn later.
    case quarterTurn
    /// Another factor and another sign a channel.
    case gain(Float)

    func response(_ grid: Grid) -> [Float] {
      (0..<grid.bins).flatMap { bin -> [Float] in
        switch self {
        case .delay:
          let angle = 2 * Double.pi * Double(bin) / Double(grid.window)
          return [Float(cos(angle)), Float(-sin(angle))]
        case .quarterTurn: return [0, -1]
        case .gain(let gain): return [gain, 0]
        }
      }
    }
  }

  struct Graph: Sendable, CustomTestStringConvertible {
    var rate: Int
    var period: Int
    var slack: Int?
    var pair = WindowPair.squareRootHann
    var testDescription: String { "\(rate) Hz, period \(period), slack \(slack ?? -1), \(pair)" }
  }

  static let graphs = [8000, 44100, 48000, 192_000].flatMap { rate in
    [64, 100, 256, 1024].flatMap { period in
      [Graph(rate: rate, period: period), Graph(rate: rate, period: period, slack: period)]
    }
  }

  static func stream(
    _ filters: [Filter], _ graph: Graph, lookAhead: Int = 0, phase: VoicePhase = .own, mask: MaskShape = MaskShape(),
    late: LatePolicy = LatePolicy()
  ) -> Stream {
    let settings = SeparatorSettings(
      method: .passthrough, framing: Framing(pair: graph.pair), channels: .each, phase: phase, mask: mask, late: late)
    let grid = settings.grid(rate: graph.rate)
    let filter = FilterEstimator(
      response: filters.flatMap { $0.response(grid) }, planes: filters.count, bins: grid.bins, lookAhead: lookAhead)
    return Stream(
      settings, estimator: .filter(filter), rate: graph.rate, channels: filters.count, period: graph.period,
      slack: graph.slack)
  }

  static func tone(_ count: Int, rate: Int, turn: Double = 0) -> [Float] {
    (0..<count).map { Float(0.5 * sine(Double(rate / 16) * Double($0) / Double(rate) - turn)) }
  }

  @Test("A voice that is the sample before comes out so, on each channel its own way", arguments: graphs)
  func delay(graph: Graph) {
    let stream = Self.stream([.delay, .gain(-0.75)], graph)
    let latency = stream.separator.latency.samples
    let sound = [noise(30_000, seed: 31), noise(30_000, seed: 32)]
    let out = stream.run(sound, period: graph.period)
    let before = delayed(sound[0], by: latency + 1).map { $0 * Float(cos(Double.pi / 1024)) }
    let turned = delayed(sound[1], by: latency).map { $0 * -0.75 }
    #expect(difference(out.voice[0], before) < -120)
    #expect(difference(out.voice[1], turned) < -120)
    for channel in 0..<2 { #expect(out.dry[channel] == delayed(sound[channel], by: latency)) }
    #expect(stream.separator.lateFrames == 0)
  }

  @Test("A voice a quarter of a turn behind comes out so, also from a view into the future", arguments: [0, 1, 3])
  func quarterTurn(lookAhead: Int) {
    for pair in [WindowPair.squareRootHann, .hann] {
      let graph = Graph(rate: 48000, period: 256, slack: 256, pair: pair)
      let stream = Self.stream([.quarterTurn], graph, lookAhead: lookAhead)
      let out = stream.run([Self.tone(40_000, rate: 48000)], period: 256)
      let latency = stream.separator.latency.samples
      #expect(latency == 1024 - 256 + 256 * lookAhead + 256)
      let expected = delayed(Self.tone(40_000, rate: 48000, turn: 0.25), by: latency)
      // The first window has half of a tone in it.
      #expect(difference(out.voice[0][4096...], expected[4096...]) < -100)
    }
  }

  @Test("One voice estimated from the mean of the channels is the same ratio of each")
  func mid() {
    let settings = SeparatorSettings(method: .passthrough)
    let grid = settings.grid(rate: 48000)
    let response = Filter.delay.response(grid).map { $0 * 0.5 }
    // What the filter sees is the first channel alone, and the mean is made of both: V / X is H · L / ((L + R) / 2).
    let stream = Stream(
      settings, estimator: .filter(FilterEstimator(response: response, planes: 1, bins: grid.bins)), channels: 2)
    let left = noise(30_000, seed: 33)
    let out = stream.run([left, left.map { $0 * 0.5 }], period: 256)
    let expected = delayed(left, by: stream.separator.latency.samples + 1).map { $0 * Float(cos(Double.pi / 1024)) }
    #expect(difference(out.voice[0], expected.map { $0 * 0.5 / 0.75 }) < -120)
    #expect(difference(out.voice[1], expected.map { $0 * 0.25 / 0.75 }) < -120)
  }

  @Test("Where the mixture is silent so is the voice, and nowhere is it more than 24 dB louder")
  func limit() {
    let graph = Graph(rate: 48000, period: 256)
    let stream = Self.stream([.gain(1000), .gain(1000)], graph)
    let sound = [noise(20_000), [Float](repeating: 0, count: 20_000)]
    let out = stream.run(sound, period: 256)
    let expected = delayed(sound[0], by: stream.separator.latency.samples).map { $0 * 16 }
    #expect(difference(out.voice[0], expected) < -90)
    #expect(out.voice[1].allSatisfy { $0 == 0 })
  }

  @Test("What is not a number counts as nothing, and leaves the bins beside it alone")
  func notFinite() {
    let settings = SeparatorSettings(method: .passthrough)
    let grid = settings.grid(rate: 48000)
    var response = Filter.gain(1).response(grid)
    // Above 12 kHz, where a tone at 3 kHz has nothing.
    for bin in 300..<grid.bins { response[2 * bin] = [.nan, .infinity, -.infinity][bin % 3] }
    for bin in 300..<grid.bins { response[2 * bin + 1] = [.infinity, .nan][bin % 2] }
    let stream = Stream(
      settings, estimator: .filter(FilterEstimator(response: response, planes: 1, bins: grid.bins)))
    let sound = Self.tone(30_000, rate: 48000)
    let out = stream.run([sound], period: 256)
    let expected = delayed(sound, by: stream.separator.latency.samples)
    #expect(difference(out.voice[0][4096...], expected[4096...]) < -90)
  }

  /// Filters, and the share of the mixture that |V| / (|V| + |X - V|) makes of what they give.
  static let shares: [(filter: Filter, share: Float)] = [
    (.gain(0.25), 0.25), (.gain(4), 4.0 / 7), (.gain(-0.5), 0.25), (.quarterTurn, 1 / (1 + Float(2).squareRoot())),
    (.gain(.nan), 0), (.gain(0), 0),
  ]

  @Test("With the mixture's phases a voice is heard as its share, also from a view into the future", arguments: [0, 2])
  func share(lookAhead: Int) {
    let stream = Self.stream(
      Self.shares.map(\.filter), Graph(rate: 48000, period: 256, slack: 256), lookAhead: lookAhead, phase: .mixture)
    let sound = Self.shares.indices.map { noise(30_000, seed: UInt64(40 + $0)) }
    let out = stream.run(sound, period: 256)
    for (channel, expected) in Self.shares.enumerated() {
      let whole = delayed(sound[channel], by: stream.separator.latency.samples)
      #expect(difference(out.voice[channel], whole.map { $0 * expected.share }) < -120)
    }
  }

  @Test("What a preset does to masks it does to shares")
  func shapedShare() {
    let stream = Self.stream(
      Self.shares.map(\.filter), Graph(rate: 48000, period: 256), phase: .mixture,
      mask: MaskShape(threshold: 0.3, floor: 0.125))
    let sound = Self.shares.indices.map { noise(30_000, seed: UInt64(50 + $0)) }
    let out = stream.run(sound, period: 256)
    for (channel, expected) in Self.shares.enumerated() {
      let whole = delayed(sound[channel], by: stream.separator.latency.samples)
      #expect(difference(out.voice[channel], whole.map { $0 * (expected.share > 0.3 ? 1 : 0.125) }) < -120)
    }
  }

  @Test("A late frame holds the last ratio, and one above 1 as 1", arguments: [Float(-0.5), 4])
  func late(gain: Float) {
    let graph = Graph(rate: 48000, period: 256, slack: 256)
    let stream = Self.stream([.gain(gain)], graph)
    let sound = noise(48_000, seed: 34)
    let out = stream.run([sound], period: 256) { stream, position in
      stream.isStalled = position >= 12_000 && position < 36_000
    }
    let whole = delayed(sound, by: stream.separator.latency.samples)
    func heard(_ range: Range<Int>, as gain: Float) -> Double {
      difference(out.voice[0][range], whole[range].map { $0 * gain })
    }
    #expect(heard(4000..<12_000, as: gain) < -110)
    #expect(heard(16_000..<36_000, as: max(min(gain, 1), -1)) < -110)
    #expect(heard(40_000..<48_000, as: gain) < -110)
    #expect(stream.separator.lateFrames > 80)
    let isLate = stream.separator.isLate
    #expect(!isLate)
  }

  @Test("While ratios stay away the voice fades to the preset's choice")
  func lateDry() {
    let policy = LatePolicy(choice: .dry, holdSeconds: 0.05, fadeSeconds: 0.05)
    let stream = Self.stream([.delay], Graph(rate: 48000, period: 256, slack: 256), late: policy)
    let out = stream.run([noise(72_000)], period: 256) { stream, position in stream.isStalled = position >= 24_000 }
    #expect(out.voice[0][50_000...].allSatisfy { $0 == 0 })
  }

  /// A second of sound on each graph, in which complex and real estimates take turns, bypass comes and goes, and ratios
  /// stay away for 1 to 40 ms at a time.
  @Test("The stems add up through changes, bypass and late ratios", arguments: graphs.filter { $0.slack != nil })
  func sumIsTheInput(graph: Graph) {
    let real = SeparatorSettings(method: .centre(CentreSettings()), channels: .each)
    let complex = SeparatorSettings(method: .passthrough, channels: .each)
    let grid = complex.grid(rate: graph.rate)
    let response = Filter.delay.response(grid) + Filter.quarterTurn.response(grid)
    func estimator() -> Estimator { .filter(FilterEstimator(response: response, planes: 2, bins: grid.bins)) }
    let rig = SwitcherTests.Rig(
      real, channels: 2, period: graph.period, rate: graph.rate, slack: graph.slack)
    let length = max(graph.rate, 40 * graph.period)
    let sound = (0..<2).map { noise(length, seed: UInt64(graph.rate + $0)) }
    var calls = 0
    var changes = 0
    let stalls = [1, 2, 5, 10, 20, 40]
    let out = rig.run(sound) { rig, position in
      let milliseconds = position * 1000 / graph.rate
      rig.isStalled = milliseconds % 100 < stalls[milliseconds / 100 % stalls.count]
      rig.targets.bypass = milliseconds % 400 > 300
      if calls % (length / graph.period / 4) == 1 {
        if changes % 2 == 0 { rig.offer(complex, estimator: estimator()) } else { rig.offer(real) }
        changes += 1
      }
      _ = rig.collect()
      calls += 1
    }
    #expect(changes >= 4)
    for channel in 0..<2 {
      let whole = SwitcherTests.sum(out.voice[channel], out.rest[channel])
      #expect(difference(whole, delayed(sound[channel], by: rig.switcher.latency)) < -120)
    }
  }

  @Test("A reset forgets what was heard")
  func reset() {
    let graph = Graph(rate: 48000, period: 256)
    let sound = [noise(20_000, seed: 35), noise(20_000, seed: 36)]
    let fresh = Self.stream([.delay, .quarterTurn], graph, lookAhead: 2)
    let used = Self.stream([.delay, .quarterTurn], graph, lookAhead: 2)
    _ = used.run([noise(7777, seed: 37), noise(7777, seed: 38)], period: 256)
    used.resetSeparator()
    #expect(used.run(sound, period: 256).voice == fresh.run(sound, period: 256).voice)
  }
}
