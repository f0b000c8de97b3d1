import Spectral
import Testing

@testable import Separation

/// Methods that go by the stereo image, on sound whose right separation is known.
@Suite struct StereoMethodTests {
  static let methods: [Named] = [
    Named("centre", .centre(CentreSettings())), Named("adress", .adress(ADRessSettings())),
    Named("ica", .ica(ICASettings())), Named("gmm", .gmm(GMMSettings())),
  ]
  static let rate = 48_000

  /// Bursts of a sung vowel of sorts: harmonics of 220 Hz that come and go.
  static let voice: [Float] = (0..<4 * rate).map { index in
    let time = Double(index) / Double(rate)
    let loudness = max(0, sine(0.7 * time))
    return Float(0.06 * loudness * (1...12).reduce(0.0) { $0 + sine(Double($1) * 220 * time) })
  }

  /// A string of short notes, at the gains of its place.
  static func notes(seed: UInt64, left: Float, right: Float) -> [[Float]] {
    var state = seed
    var sound = [Float](repeating: 0, count: voice.count)
    for start in stride(from: 0, to: sound.count, by: rate / 5) {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let pitch = 150 + Double(state >> 40) / 16_777_216 * 1500
      for index in start..<min(start + rate / 5, sound.count) {
        let age = Double(index - start) / Double(rate)
        let fade = min(1, age * 200) * min(1, max(0, 0.2 - age) * 200)
        sound[index] = Float(0.2 * fade * (sine(pitch * age) + 0.4 * sine(2.7 * pitch * age)))
      }
    }
    return [sound.map { $0 * left }, sound.map { $0 * right }]
  }

  static func separate(_ sound: [[Float]], _ settings: SeparatorSettings) -> [[Float]] {
    let stream = Stream(settings, rate: rate, channels: sound.count)
    let tail = [Float](repeating: 0, count: stream.separator.latency.samples)
    let out = stream.run(sound.map { $0 + tail }, period: 256).voice
    return out.map { Array($0.dropFirst(tail.count)) }
  }

  /// How far `found` is from `wanted`, in dB below `wanted`, without the first second, in which methods learn.
  static func error(_ found: [Float], _ wanted: [Float]) -> Double {
    let silence = [Float](repeating: 0, count: wanted.count)
    return difference(found.dropFirst(rate), wanted.dropFirst(rate))
      - difference(wanted.dropFirst(rate), silence.dropFirst(rate))
  }

  @Test("A voice in the middle comes out without the instrument at its side", arguments: methods, [true, false])
  func panned(method: Named, onTheLeft: Bool) {
    let side = Self.notes(seed: 5, left: onTheLeft ? 1 : 0.25, right: onTheLeft ? 0.25 : 1)
    let mix = side.map { channel in zip(channel, Self.voice).map { $0 + $1 } }
    let found = Self.separate(mix, method.settings)
    let before = Self.error(mix[onTheLeft ? 0 : 1], Self.voice)
    let after = Self.error(found[onTheLeft ? 0 : 1], Self.voice)
    #expect(after < before - 6, "\(before) dB before, \(after) dB after")
  }

  @Test("What is at one side alone is no voice", arguments: methods.filter { $0.name != "ica" })
  func side(method: Named) {
    let notes = Self.notes(seed: 6, left: 1, right: 0)
    let found = Self.separate(notes, method.settings)
    #expect(Self.error(zip(notes[0], found[0]).map { $0 - $1 }, notes[0]) < -30)
  }

  @Test("On mono everything is in the middle, and the voice", arguments: methods)
  func mono(method: Named) {
    // Above the 150 Hz that the centre's band begins at.
    let sound = Self.notes(seed: 7, left: 1, right: 1)
    for mono in [[sound[0]], sound] {
      let found = Self.separate(mono, method.settings)
      for channel in found { #expect(Self.error(channel, sound[0]) < -30) }
    }
  }

  @Test("ICA finds two sources that both stand off the middle, and gives back the one nearer to it")
  func unmixing() {
    let voice = [Self.voice.map { $0 }, Self.voice.map { $0 * 0.7 }]
    let other = Self.notes(seed: 8, left: 0.2, right: 1)
    let mix = zip(voice, other).map { zip($0, $1).map { $0 + $1 } }
    let found = Self.separate(mix, SeparatorSettings(method: .ica(ICASettings()), channels: .each))
    for channel in 0..<2 {
      let (before, after) = (Self.error(mix[channel], voice[channel]), Self.error(found[channel], voice[channel]))
      #expect(after < before - 8, "\(before) dB before, \(after) dB after")
    }
  }

  @Test("ADRess takes as much of the image for the middle as its width says")
  func width() {
    // 0.7 of the louder side is 70 steps of 100.
    let notes = Self.notes(seed: 9, left: 1, right: 0.7)
    func level(width: Int) -> Double {
      let settings = SeparatorSettings(method: .adress(ADRessSettings(resolution: 100, width: width)))
      let found = Self.separate(notes, settings)[0]
      return Self.error(zip(notes[0], found).map { $0 - $1 }, notes[0])
    }
    #expect(level(width: 25) < -40, "outside of the width nothing is voice")
    #expect(level(width: 35) > -6, "inside it is")
  }
}
