import Realtime
import Spectral
import Testing

@testable import Separation

/// What always holds of the way from a sample to the two stems.
@Suite struct SeparationTests {
  static let framings = [
    Framing(), Framing(pair: .lowDelay), Framing(window: 2048, hop: 512), Framing(window: 512, hop: 128),
  ]

  @Test("With a mask of ones the voice is the input after exactly the declared latency", arguments: framings)
  func passthrough(framing: Framing) {
    for period in [16, 64, 100, 256, 441, 480, 1024, 8192] {
      for slack in [nil, period, 3 * period] {
        let stream = Stream(
          SeparatorSettings(method: .passthrough, framing: framing), channels: 2, period: period, slack: slack)
        let sound = [noise(30_000, seed: 3), noise(30_000, seed: 4)]
        let out = stream.run(sound, period: period)
        let latency = stream.separator.latency.samples
        for channel in 0..<2 {
          #expect(out.dry[channel] == delayed(sound[channel], by: latency))
          let level = difference(out.voice[channel], delayed(sound[channel], by: latency))
          #expect(level < -120, "period \(period), slack \(String(describing: slack)): \(level) dB")
        }
        #expect(stream.separator.lateFrames == 0)
      }
    }
  }

  @Test("An impulse comes out where the latency says", arguments: framings, [nil, 256])
  func impulse(framing: Framing, slack: Int?) {
    let stream = Stream(SeparatorSettings(method: .passthrough, framing: framing), period: 256, slack: slack)
    var sound = [Float](repeating: 0, count: 12_000)
    sound[3000] = 1
    let out = stream.run([sound], period: 256)
    let peak = out.voice[0].indices.max { abs(out.voice[0][$0]) < abs(out.voice[0][$1]) }
    #expect(peak == 3000 + stream.separator.latency.samples)
  }

  @Test("A mask thread that stalls for 1 to 40 ms is late, counted, and the sum of the stems does not notice")
  func stalls() {
    for milliseconds in [1, 5, 10, 20, 40] {
      let stream = Stream(SeparatorSettings(method: .centre(CentreSettings())), channels: 2, period: 256, slack: 256)
      let sound = [noise(96_000, seed: 5), noise(96_000, seed: 6)]
      let stall = 48 * milliseconds
      let out = stream.run(sound, period: 256) { stream, position in
        stream.isStalled = position % 24_000 < stall && position > 10_000
      }
      for channel in 0..<2 {
        #expect(out.dry[channel] == delayed(sound[channel], by: stream.separator.latency.samples))
        #expect(out.voice[channel].allSatisfy { $0.isFinite && abs($0) < 2 })
      }
      if milliseconds >= 20 { #expect(stream.separator.lateFrames > 0) }
      let isLate = stream.separator.isLate
      #expect(!isLate, "fresh again after the stall")
    }
  }

  @Test("While masks stay away the voice fades to the preset's choice", arguments: LatePolicy.Choice.allCases)
  func lateChoices(choice: LatePolicy.Choice) {
    let policy = LatePolicy(choice: choice, holdSeconds: 0.05, fadeSeconds: 0.05)
    let stream = Stream(SeparatorSettings(method: .passthrough, late: policy), period: 256, slack: 256)
    let sound = noise(96_000)
    let out = stream.run([sound], period: 256) { stream, position in
      stream.isStalled = position >= 24_000 && position < 72_000
    }
    let latency = stream.separator.latency.samples
    func level(_ stem: [Float], _ range: Range<Int>) -> Double { difference(stem[range], range.map { _ in Float(0) }) }
    let long = 50_000..<70_000
    switch choice {
    case .hold:
      #expect(difference(out.voice[0][long], delayed(sound, by: latency)[long]) < -120)
    case .dry:
      #expect(level(out.voice[0], long) < -200)
      #expect(difference(out.dry[0][long], delayed(sound, by: latency)[long]) < -120)
    case .mute:
      #expect(level(out.voice[0], long) < -200)
      #expect(level(out.dry[0], long) < -200)
    }
    #expect(difference(out.voice[0][85_000...], delayed(sound, by: latency)[85_000...]) < -120, "back to normal")
  }

  @Test("NaN, infinities and monstrous numbers come in as silence, are counted, and leave no trace")
  func nonFinite() {
    let clean = Stream(SeparatorSettings(method: .centre(CentreSettings())), channels: 2)
    let dirty = Stream(SeparatorSettings(method: .centre(CentreSettings())), channels: 2)
    var sound = [noise(40_000, seed: 7), noise(40_000, seed: 8)]
    for channel in 0..<2 { for i in 5000..<5100 { sound[channel][i] = 0 } }
    var broken = sound
    let bad: [Float] = [.nan, .infinity, -.infinity, 3e38, -1e20, .signalingNaN]
    for channel in 0..<2 { for i in 5000..<5100 { broken[channel][i] = bad[i % bad.count] } }
    let expected = clean.run(sound, period: 256)
    let found = dirty.run(broken, period: 256)
    #expect(found.voice == expected.voice)
    #expect(found.dry == expected.dry)
    #expect(dirty.separator.nonFiniteSamples == 200)
  }

  @Test("Silence in is silence out, to the bit")
  func silence() {
    let stream = Stream(SeparatorSettings(method: .centre(CentreSettings())), channels: 2)
    let out = stream.run([[Float](repeating: 0, count: 20_000), [Float](repeating: 0, count: 20_000)], period: 256)
    #expect(out.voice.allSatisfy { $0.allSatisfy { $0 == 0 } })
    #expect(out.dry.allSatisfy { $0.allSatisfy { $0 == 0 } })
  }

  @Test(
    "Stems line up at every rate and with odd numbers of channels", arguments: [8000, 22050, 44100, 96000, 192_000])
  func ratesAndChannels(rate: Int) {
    for channels in [1, 3, 5] {
      let stream = Stream(
        SeparatorSettings(method: .passthrough, channels: .each), rate: rate, channels: channels, period: 512)
      let sound = (0..<channels).map { noise(9000, seed: UInt64($0) + 20) }
      let out = stream.run(sound, period: 512)
      for channel in 0..<channels {
        #expect(difference(out.voice[channel], delayed(sound[channel], by: stream.separator.latency.samples)) < -120)
      }
    }
  }

  @Test("What stands in the middle is voice, what stands at a side is accompaniment")
  func centre() {
    let middle = Stream(SeparatorSettings(method: .centre(CentreSettings())), channels: 2)
    let tone = (0..<48_000).map { Float(0.5 * sine(440 * Double($0) / 48_000)) }
    let latency = middle.separator.latency.samples
    let inMiddle = middle.run([tone, tone], period: 256)
    #expect(difference(inMiddle.voice[0][5000...], delayed(tone, by: latency)[5000...]) < -50)
    let side = Stream(SeparatorSettings(method: .centre(CentreSettings())), channels: 2)
    let atSide = side.run([tone, [Float](repeating: 0, count: tone.count)], period: 256)
    #expect(difference(atSide.voice[0], tone.map { _ in 0 }) < -100)
  }

  @Test("A stream at the offline pace does not depend on how much silence came before it")
  func offlineOrigin() {
    let sound = [noise(30_000, seed: 11), noise(30_000, seed: 12)]
    func stems(silentPeriods: Int) -> [[Float]] {
      let stream = Stream(
        SeparatorSettings(
          method: .centre(CentreSettings()), framing: Framing(window: 1024, hop: 256)), channels: 2, period: 160)
      let lead = [Float](repeating: 0, count: 160 * silentPeriods)
      let out = stream.run(sound.map { lead + $0 }, period: 160, pace: .offline)
      return out.voice.map { Array($0.dropFirst(lead.count)) }
    }
    let reference = stems(silentPeriods: 0)
    for periods in [1, 2, 3, 7] { #expect(stems(silentPeriods: periods) == reference) }
  }

  @Test("A reset forgets what was heard")
  func reset() {
    let sound = [noise(20_000, seed: 13), noise(20_000, seed: 14)]
    let fresh = Stream(SeparatorSettings(method: .centre(CentreSettings())), channels: 2, period: 256)
    let used = Stream(SeparatorSettings(method: .centre(CentreSettings())), channels: 2, period: 256)
    _ = used.run([noise(7777, seed: 15), noise(7777, seed: 16)], period: 256)
    used.resetSeparator()
    let expected = fresh.run(sound, period: 256)
    let found = used.run(sound, period: 256)
    #expect(found.voice == expected.voice)
    #expect(found.dry == expected.dry)
  }
}

extension Stream {
  func resetSeparator() { withSeparator { $0.reset() } }
}
