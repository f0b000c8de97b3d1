import Foundation
import Spectral
import Testing

@testable import Network
@testable import Separation

/// Networks on the low-delay windows: heard as they were trained, and after two hops at any rate.
@Suite struct LowDelayTests {
  /// A network without weights on windows of 64 ms, whose mask is a function of the magnitude.
  static func settings(hop: Int, mask: [String: any Sendable]) throws -> SeparatorSettings {
    let layer = ["kind": "activation", "name": "mask"].merging(mask) { $1 }
    let document: [String: Any] = [
      "name": "low-delay", "title": "A mask without weights",
      "grid": ["rate": 16000, "window": 1024, "hop": hop, "shape": "low-delay"],
      "input": ["feature": "magnitude", "scale": 20, "level": ["kind": "running-rms", "seconds": 3, "floor": -60]],
      "layers": [layer], "output": ["kind": "mask", "mask": "soft"],
    ]
    return SeparatorSettings(method: .network(try .weightless(document)), channels: .each)
  }

  /// All ones, whatever the magnitude.
  static let ones: [String: any Sendable] = ["function": "clip", "minimum": 1, "maximum": 2]

  /// From a half to one.
  static let shares: [String: any Sendable] = ["function": "sigmoid"]

  static func trained() throws -> SeparatorSettings {
    let path = LearnedSeparationTests.repository
      .appendingPathComponent("Tests/NetworkTests/Fixtures/low-delay-model.safetensors").path
    return SeparatorSettings(method: .network(try Model.load(path: path)))
  }

  static let rates = [8000, 16000, 22050, 44100, 48000, 96000]

  @Test(
    "With a mask of ones the voice is the input after two hops less what hop and period share",
    arguments: rates, [128, 64])
  func latency(rate: Int, hop: Int) throws {
    let settings = try Self.settings(hop: hop, mask: Self.ones)
    let grid = settings.grid(rate: rate)
    #expect(grid.pair == .lowDelay)
    #expect(grid.synthesisSupport == 2 * Int((Double(hop * rate) / 16000).rounded(.up)))
    for period in [64, 100, 256, 1024] {
      for slack in [nil, period] {
        let stream = Stream(settings, rate: rate, period: period, slack: slack)
        let latency = stream.separator.latency.samples
        let own = latency - (slack ?? 0)
        if (hop * rate).isMultiple(of: 16000) {
          #expect(own == grid.synthesisSupport - Self.common(period, hop * rate / 16000))
        } else {
          #expect(own < grid.synthesisSupport)
        }
        let sound = noise(16_000, seed: UInt64(rate + hop + period))
        let out = stream.run([sound], period: period)
        #expect(out.dry[0] == delayed(sound, by: latency))
        let level = difference(out.voice[0], delayed(sound, by: latency))
        #expect(level < -120, "period \(period), slack \(String(describing: slack)): \(level) dB")
        #expect(stream.separator.lateFrames == 0)
      }
    }
  }

  static func common(_ a: Int, _ b: Int) -> Int { b == 0 ? a : common(b, a % b) }

  /// Half a second of sound, in which networks change, bypass comes and goes, and masks stay away for 1 to 40 ms at a
  /// time.
  @Test("The stems add up through changes, bypass and late masks", arguments: rates, [128, 64])
  func sumIsTheInput(rate: Int, hop: Int) throws {
    let one = try Self.settings(hop: hop, mask: Self.shares)
    let other = try Self.settings(hop: hop, mask: ["function": "clip", "minimum": 0.1, "maximum": 0.6])
    for period in [100, 256] {
      let rig = SwitcherTests.Rig(one, channels: 2, period: period, rate: rate, slack: period)
      let sound = (0..<2).map { noise(max(rate / 2, 40 * period), seed: UInt64(rate + $0)) }
      var calls = 0
      let stalls = [1, 2, 5, 10, 20, 40]
      let out = rig.run(sound) { rig, position in
        let milliseconds = position * 1000 / rate
        rig.isStalled = milliseconds % 100 < stalls[milliseconds / 100 % stalls.count]
        rig.targets.bypass = milliseconds % 400 > 300
        if calls % (sound[0].count / period / 3) == 1 { rig.offer(calls / 2 % 2 == 0 ? other : one) }
        _ = rig.collect()
        calls += 1
      }
      for channel in 0..<2 {
        let whole = SwitcherTests.sum(out.voice[channel], out.rest[channel])
        #expect(difference(whole, delayed(sound[channel], by: rig.switcher.latency)) < -120)
      }
    }
  }

  @Test("The voice is the one that training computed, sample for sample", arguments: [16, 100, 256])
  func golden(period: Int) throws {
    let samples = try LearnedSeparationTests.golden("samples", of: "low-delay")
    let expected = try LearnedSeparationTests.golden("voice", of: "low-delay")
    let stream = Stream(try Self.trained(), rate: 16000, period: period, slack: period)
    let latency = stream.separator.latency.samples
    let out = stream.run([samples + [Float](repeating: 0, count: latency)], period: period)
    // The last hop wants a frame that the vectors do not have.
    let complete = samples.count - 16
    let furthest = zip(out.voice[0].dropFirst(latency).prefix(complete), expected).map { abs($0 - $1) }.max() ?? 1
    #expect(furthest < 1e-5)
    #expect(expected.contains { abs($0) > 0.01 }, "vectors of silence would prove nothing")
  }

  @Test("A stream is separated as the whole file is, whatever the period", arguments: [44100, 48000])
  func streaming(rate: Int) throws {
    let sound = LearnedSeparationTests.song(rate: rate, seconds: 0.5)
    func voice(period: Int, slack: Int?) throws -> ArraySlice<Float> {
      let stream = Stream(try Self.trained(), rate: rate, period: period, slack: slack)
      let silence = [Float](repeating: 0, count: 16384)
      return stream.run([sound + silence], period: period).voice[0].dropFirst(stream.separator.latency.samples)
    }
    let expected = try voice(period: 8192, slack: nil)
    for period in [64, 100, 256, 441] {
      let furthest = zip(expected, try voice(period: period, slack: period)).map { abs($0 - $1) }.max() ?? 1
      #expect(furthest < 1e-6)
    }
  }

  @Test("The same song is separated alike at every rate", arguments: [22050, 32000, 44100, 48000])
  func alike(rate: Int) throws {
    func voiceLevel(_ rate: Int) throws -> Double {
      let stream = Stream(try Self.trained(), rate: rate, period: 512)
      return LearnedSeparationTests.level(
        stream.run([LearnedSeparationTests.song(rate: rate, seconds: 1)], period: 512).voice[0].dropFirst(rate / 2))
    }
    let trained = try voiceLevel(16000)
    #expect(abs(try voiceLevel(rate) - trained) < 0.5)
  }
}
