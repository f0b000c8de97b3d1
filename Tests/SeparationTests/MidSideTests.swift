import Foundation
import Testing

@testable import Network
@testable import Separation

/// Models that hear a pair of channels as mid and side, from samples to voice.
@Suite struct MidSideTests {
  static let rates = [8000, 16_000, 44_100, 48_000]

  /// The voice of a recording, in its own place.
  static func offline(_ sound: [[Float]], _ settings: SeparatorSettings, rate: Int) -> OfflineSeparation.Stems {
    var separation = OfflineSeparation(settings: settings, rate: rate, channels: sound.count)
    var stems = separation.separate(sound, frames: sound[0].count)
    let rest = separation.finish()
    for channel in sound.indices {
      stems.voice[channel] += rest.voice[channel]
      stems.accompaniment[channel] += rest.accompaniment[channel]
    }
    return stems
  }

  /// The voice of a stream, in the recording's place, a frame at a time.
  static func live(
    _ sound: [[Float]], _ settings: SeparatorSettings, rate: Int, period: Int = 256, slack: Int? = nil
  ) -> [[Float]] {
    let stream = Stream(settings, rate: rate, channels: sound.count, period: period, slack: slack)
    let latency = stream.separator.latency.samples
    let tail = [Float](repeating: 0, count: latency)
    let voice = stream.run(sound.map { $0 + tail }, period: period).voice
    #expect(stream.separator.lateFrames == 0)
    return voice.map { Array($0.dropFirst(latency)) }
  }

  static func mean(_ left: [Float], _ right: [Float]) -> [Float] { zip(left, right).map { 0.5 * ($0 + $1) } }
  static func halfDifference(_ left: [Float], _ right: [Float]) -> [Float] { zip(left, right).map { 0.5 * ($0 - $1) } }

  static func tone(_ hertz: Double, rate: Int, seconds: Double = 2, amplitude: Double = 0.1) -> [Float] {
    (0..<Int(seconds * Double(rate))).map { Float(amplitude * sine(hertz * Double($0) / Double(rate))) }
  }

  @Test("With all of mid and nothing of side the voice is the mean of both channels, at both", arguments: rates)
  func mid(rate: Int) throws {
    let sound = [noise(30_000, seed: 51), noise(30_000, seed: 52)]
    let stems = Self.offline(sound, try MidSideModel.constant(mid: 1, side: 0), rate: rate)
    for channel in 0..<2 {
      #expect(difference(stems.voice[channel], Self.mean(sound[0], sound[1])) < -120)
      let whole = zip(stems.voice[channel], stems.accompaniment[channel]).map { $0 + $1 }
      #expect(difference(whole, sound[channel]) < -120)
    }
  }

  @Test("With all of side and nothing of mid it is half of what the channels differ by, turned at the right")
  func side() throws {
    let sound = [noise(30_000, seed: 53), noise(30_000, seed: 54)]
    for rate in Self.rates {
      let voice = Self.live(sound, try MidSideModel.constant(mid: 0, side: 1), rate: rate)
      let half = Self.halfDifference(sound[0], sound[1])
      #expect(difference(voice[0], half) < -120)
      #expect(difference(voice[1], half.map { -$0 }) < -120)
    }
  }

  @Test("With masks of ones the voice is the input, of however many channels", arguments: 1...5)
  func ones(channels: Int) throws {
    let sound = (0..<channels).map { noise(20_000, seed: UInt64(55 + $0)) }
    let voice = Self.live(sound, try MidSideModel.constant(mid: 1, side: 1), rate: 44_100)
    for channel in 0..<channels { #expect(difference(voice[channel], sound[channel]) < -120) }
  }

  @Test("Of mono and of a last single channel only mid's mask counts, and there is nothing at their side")
  func single() throws {
    let sound = (0..<3).map { noise(20_000, seed: UInt64(61 + $0)) }
    let mid = try MidSideModel.constant(mid: 1, side: 0)
    #expect(difference(Self.live([sound[0]], mid, rate: 48_000)[0], sound[0]) < -120)
    let three = Self.live(sound, mid, rate: 48_000)
    for channel in 0..<2 { #expect(difference(three[channel], Self.mean(sound[0], sound[1])) < -120) }
    #expect(difference(three[2], sound[2]) < -120)
    let side = Self.live(sound, try MidSideModel.constant(mid: 0, side: 1), rate: 48_000)
    #expect(difference(side[0], Self.halfDifference(sound[0], sound[1])) < -120)
    #expect(side[2].allSatisfy { $0 == 0 })
    // What is heard without a side stands in the middle.
    let middle = try MidSideModel.middle()
    let tone = Self.tone(440, rate: 48_000)
    #expect(difference(Self.live([tone], middle, rate: 48_000)[0], tone) < -80)
    let left = Self.live([tone, tone.map { _ in 0 }, tone], middle, rate: 48_000)
    #expect(difference(left[0], tone.map { _ in 0 }) < -80)
    #expect(difference(left[2], tone) < -80)
  }

  @Test("A tone in the middle is the voice, one at the left is not", arguments: rates)
  func place(rate: Int) throws {
    let (middle, left) = (Self.tone(500, rate: rate), Self.tone(3000, rate: rate))
    let sound = [zip(middle, left).map { $0 + $1 }, middle]
    let voice = Self.live(sound, try MidSideModel.middle(), rate: rate)
    for channel in 0..<2 {
      let kept = LearnedSeparationTests.amplitude(voice[channel], hertz: 500, rate: rate)
      let taken = LearnedSeparationTests.amplitude(voice[channel], hertz: 3000, rate: rate)
      #expect(abs(kept - 0.1) < 0.001)
      #expect(taken < 0.001)
    }
  }

  @Test("Each pair of channels is heard by itself")
  func pairs() throws {
    let (middle, left) = (Self.tone(500, rate: 16_000), Self.tone(3000, rate: 16_000))
    let nothing = middle.map { _ in Float(0) }
    let settings = try MidSideModel.middle()
    let voice = Self.live([middle, middle, left, nothing], settings, rate: 16_000)
    for channel in 0..<2 { #expect(difference(voice[channel], middle) < -60) }
    for channel in 2..<4 { #expect(difference(voice[channel], nothing) < -60) }
  }

  @Test("Twice as loud in is twice as loud out, wherever the sound stands", arguments: [0.02, 2, 8])
  func loudness(gain: Float) throws {
    let song = LearnedSeparationTests.song(rate: 16_000, seconds: 2)
    let sound = [song, zip(song, noise(song.count, seed: 71)).map { 0.3 * $0 - 0.05 * $1 }]
    let settings = try MidSideModel.loudness()
    let expected = Self.live(sound, settings, rate: 16_000)
    let found = Self.live(sound.map { $0.map { $0 * gain } }, settings, rate: 16_000)
    for channel in 0..<2 {
      #expect(difference(found[channel].map { $0 / gain }, expected[channel]) < -90)
      #expect(difference(expected[channel], sound[channel]) > -60, "masks of ones would prove nothing")
    }
  }

  @Test(
    "A mask thread, one thread and a file separate alike, also from a view into the future",
    arguments: [0, 2], [64, 441, 1024])
  func ways(future: Int, period: Int) throws {
    let song = LearnedSeparationTests.song(rate: 44_100, seconds: 1)
    let sound = [song, zip(song, noise(song.count, seed: 72)).map { 0.6 * $0 + 0.05 * $1 }, song]
    let settings = try MidSideModel.middle(future: future)
    let inline = Self.live(sound, settings, rate: 44_100, period: period)
    let threaded = Self.live(sound, settings, rate: 44_100, period: period, slack: period)
    // A file's frames go through the layers eight at a time.
    let file = Self.offline(sound, settings, rate: 44_100).voice
    for channel in 0..<3 {
      #expect(difference(threaded[channel], inline[channel]) < -120)
      #expect(difference(file[channel], inline[channel]) < -120)
    }
    #expect(difference(inline[1], sound[1]) > -60, "masks of ones would prove nothing")
  }

  @Test("What a preset does to masks it does to mid's and side's")
  func shapes() throws {
    let sound = [noise(20_000, seed: 73), noise(20_000, seed: 74)]
    let (mid, side) = (Self.mean(sound[0], sound[1]), Self.halfDifference(sound[0], sound[1]))
    var settings = try MidSideModel.constant(mid: 1, side: 0)
    settings.mask = MaskShape(floor: 0.25)
    var voice = Self.live(sound, settings, rate: 16_000)
    #expect(difference(voice[0], zip(mid, side).map { $0 + 0.25 * $1 }) < -120)
    #expect(difference(voice[1], zip(mid, side).map { $0 - 0.25 * $1 }) < -120)
    // Probabilities of 0.7 and 0.3, first on both sides of the usual threshold and then above it.
    settings = try MidSideModel.constant(mid: 0.7, side: 0.3, mask: "probabilistic")
    for channel in 0..<2 { #expect(difference(Self.live(sound, settings, rate: 16_000)[channel], mid) < -120) }
    settings.mask = MaskShape(threshold: 0.2)
    voice = Self.live(sound, settings, rate: 16_000)
    for channel in 0..<2 { #expect(difference(voice[channel], sound[channel]) < -120) }
    // One mask or one a channel: there is one of each of mid and side.
    settings.channels = .each
    #expect(Self.live(sound, settings, rate: 16_000) == voice)
  }

  @Test("Above the model's band each mask goes on as its own top bins are, within the preset's bound")
  func aboveBand() throws {
    let rate = 48_000
    let sound = [Self.tone(12_000, rate: rate), Self.tone(12_000, rate: rate, amplitude: 0.05)]
    // Mid is 0.075 of the tone and side 0.025.
    for (maximum, expected) in [(1, [0.075 + 0.5 * 0.025, 0.075 - 0.5 * 0.025]), (0.5, [0.05, 0.025])] {
      var settings = try MidSideModel.constant(mid: 1, side: 0.5)
      settings.aboveBand = AboveBand(maximum: Float(maximum))
      let voice = Self.live(sound, settings, rate: rate)
      for channel in 0..<2 {
        let found = LearnedSeparationTests.amplitude(voice[channel], hertz: 12_000, rate: rate)
        #expect(abs(found - expected[channel]) < 1e-4)
      }
    }
  }

  @Test(
    "The stems add up through changes, bypass and late masks",
    arguments: rates.flatMap { rate in
      [64, 441].flatMap { period in
        [1, 2, 3].map { NullTests.Graph(rate: rate, period: period, channels: $0) }
      }
    })
  func sumIsTheInput(graph: NullTests.Graph) throws {
    let own = try MidSideModel.middle()
    // On windows as long as the model's, for stems add up across a change where the latency stays.
    let other = SeparatorSettings(method: .centre(CentreSettings()), framing: Framing(rate: 16_000))
    let rig = SwitcherTests.Rig(
      own, channels: graph.channels, period: graph.period, rate: graph.rate, slack: graph.period)
    let sound = (0..<graph.channels).map { noise(graph.rate, seed: UInt64(graph.rate + $0)) }
    var calls = 0
    let out = rig.run(sound) { rig, position in
      let milliseconds = position * 1000 / graph.rate
      rig.isStalled = milliseconds % 100 < 20
      rig.targets.bypass = milliseconds % 400 > 300
      if calls % (graph.rate / graph.period / 3) == 1 { rig.offer(calls / 2 % 2 == 0 ? other : own) }
      _ = rig.collect()
      calls += 1
    }
    for channel in 0..<graph.channels {
      let whole = SwitcherTests.sum(out.voice[channel], out.rest[channel])
      #expect(difference(whole, delayed(sound[channel], by: rig.switcher.latency)) < -120)
    }
  }
}
