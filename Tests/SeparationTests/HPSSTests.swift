import Spectral
import Testing

@testable import Separation

/// Two-stage harmonic/percussive separation: what is too steady and what is too short is no voice.
@Suite struct HPSSTests {
  static let rate = 16_000
  static let seconds = 4
  static let framing = Framing(window: 512, hop: 128, rate: 16000)

  static func settings(lookAhead: Int) -> SeparatorSettings {
    let stage = HPSSSettings.Stage(frames: 17, bins: 9, lookAhead: lookAhead)
    return SeparatorSettings(method: .hpss(HPSSSettings(hop: 8, long: stage, short: stage)), framing: framing)
  }

  /// What share of the sound's power is taken for the voice, in dB, once the medians are full.
  static func share(_ sound: [Float], _ settings: SeparatorSettings) -> Double {
    let stream = Stream(settings, rate: rate)
    let latency = stream.separator.latency.samples
    let voice = stream.run([sound + [Float](repeating: 0, count: latency)], period: 256).voice[0].dropFirst(latency)
    let silence = [Float](repeating: 0, count: sound.count)
    return difference(voice.dropFirst(2 * rate), silence) - difference(sound.dropFirst(2 * rate), silence)
  }

  static func chord(_ count: Int) -> [Float] {
    (0..<count).map { index in
      let time = Double(index) / Double(rate)
      return Float(0.1 * [220.0, 277.2, 329.6, 440].reduce(0) { $0 + sine($1 * time) })
    }
  }

  static func clicks(_ count: Int) -> [Float] {
    let hit = noise(120, seed: 3)
    return (0..<count).map { $0 % 6000 < 120 ? hit[$0 % 6000] * Float(120 - $0 % 6000) / 120 : 0 }
  }

  /// Harmonics with a vibrato of a semitone up and down, as singers have it.
  static func vibrato(_ count: Int) -> [Float] {
    (0..<count).map { index in
      let time = Double(index) / Double(rate)
      let turns = 330 * time + 330 * 0.06 / (2 * .pi * 5.5) * sine(5.5 * time)
      return Float(0.1 * (1...8).reduce(0.0) { $0 + sine(Double($1) * turns) / Double($1) })
    }
  }

  @Test("A held chord and drum hits are accompaniment, a note with vibrato is voice", arguments: [0, 8])
  func kinds(lookAhead: Int) {
    let (count, settings) = (Self.seconds * Self.rate, Self.settings(lookAhead: lookAhead))
    let sung = Self.share(Self.vibrato(count), settings)
    #expect(sung > -10)
    #expect(Self.share(Self.chord(count), settings) < sung - 20)
    #expect(Self.share(Self.clicks(count), settings) < sung - 6)
  }

  @Test("Its look-ahead is in the latency, and the voice comes out in its own place", arguments: [0, 8])
  func latency(lookAhead: Int) throws {
    let settings = Self.settings(lookAhead: lookAhead)
    let stream = Stream(settings, rate: Self.rate)
    #expect(stream.separator.latency.lookAhead == 128 * (8 * (2 + lookAhead) + lookAhead))
    let silence = [Float](repeating: 0, count: 24_000)
    let sung = silence + Self.vibrato(16_000) + silence
    let latency = stream.separator.latency.samples
    let voice = stream.run([sung + silence], period: 256).voice[0].dropFirst(latency).prefix(sung.count)
    func product(_ lag: Int) -> Double {
      zip(sung.dropFirst(1000), voice.dropFirst(1000 + lag)).reduce(0) { $0 + Double($1.0 * $1.1) }
    }
    #expect((-64...64).max { product($0) < product($1) } == 0)
  }

  @Test("A running median is the middle of the values sorted")
  func medians() {
    let bins = 24
    let frames = (0..<40).map { noise(bins, seed: UInt64($0) + 1).map { ($0 * 4).rounded() / 4 + 1 } }
    var overTime = MedianOverTime(bins: bins, count: 7)
    var overFrequency = MedianOverFrequency(bins: bins, count: 9)
    var found = [Float](repeating: 0, count: bins)
    for (number, frame) in frames.enumerated() {
      overTime.step(frame, into: &found)
      for bin in 0..<bins {
        let past = (number - 6...number).map { $0 < 0 ? 0 : frames[$0][bin] }
        #expect(found[bin] == past.sorted()[3])
      }
      overFrequency.step(frame, into: &found)
      for bin in 0..<bins {
        let around = (bin - 4...bin + 4).map { $0 < 0 ? -$0 : $0 < bins ? $0 : 2 * (bins - 1) - $0 }
        #expect(found[bin] == around.map { frame[$0] }.sorted()[4])
      }
    }
  }
}
