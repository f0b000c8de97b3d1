import Foundation
import Realtime
import Spectral
import Testing

@testable import Separation

/// What a preset may do to every mask.
@Suite struct MaskShapeTests {
  static let rate = 16_000

  /// Masks of one channel, 513 bins 15.625 Hz apart, after shaping, frame by frame.
  static func shaped(_ shape: MaskShape, _ masks: [[Float]]) -> [[Float]] {
    var shaper = MaskShaper(
      shape, planes: 1, channels: 1, bins: 513, binWidth: 15.625, hop: 0.016, lookAhead: 0)
    let spectrum = SampleBuffer(count: Transform.stride(bins: 513))
    return masks.map { mask in
      var mask = mask
      shaper.observe(spectrum.base)
      shaper.apply(&mask)
      return mask
    }
  }

  @Test("A threshold makes masks of 0 and 1, and follows the operator's hand from one frame to the next")
  func threshold() {
    let dial = MaskDial(threshold: 0.5)
    var shaper = MaskShaper(
      MaskShape(threshold: 0.5), dial: dial, planes: 1, channels: 1, bins: 5, binWidth: 1, hop: 0.016, lookAhead: 0)
    let spectrum = SampleBuffer(count: Transform.stride(bins: 5))
    for (threshold, expected) in [(0.5, [0, 0, 0, 1, 1]), (0.2, [0, 0, 1, 1, 1]), (0.9, [0, 0, 0, 0, 1])] {
      dial.threshold = Float(threshold)
      var mask: [Float] = [0, 0.2, 0.4, 0.6, 1]
      shaper.observe(spectrum.base)
      shaper.apply(&mask)
      #expect(mask == expected.map(Float.init))
    }
  }

  static func tone(_ hertz: Double) -> [Float] {
    (0..<rate).map { Float(0.5 * sine(hertz * Double($0) / Double(rate))) }
  }

  /// The level of the voice of a sound, against that of the first channel, in dB.
  static func share(_ sound: [[Float]], _ shape: MaskShape) -> Double {
    let stream = Stream(SeparatorSettings(method: .passthrough, mask: shape), rate: rate, channels: sound.count)
    let silence = [Float](repeating: 0, count: rate)
    return difference(stream.run(sound, period: 256).voice[0].dropFirst(4000), silence)
      - difference(sound[0].dropFirst(4000), silence)
  }

  @Test("Outside of the band everything is accompaniment, inside it nothing changes")
  func band() {
    let shape = MaskShape(lowest: 300, highest: 2000)
    #expect(Self.share([Self.tone(100)], shape) < -60)
    #expect(Self.share([Self.tone(5000)], shape) < -60)
    #expect(abs(Self.share([Self.tone(1000)], shape)) < 0.1)
    let mask = Self.shaped(shape, [[Float](repeating: 1, count: 513)])[0]
    // 300 Hz is bin 19.2, and 2000 Hz bin 128.
    #expect(mask.indices.allSatisfy { mask[$0] == ((20...128).contains($0) ? 1 : 0) })
  }

  @Test("A floor lets through as much as it says")
  func floor() {
    let mask = Self.shaped(MaskShape(floor: 0.1), [[0.05, 0.5] + [Float](repeating: 0, count: 511)])[0]
    #expect(mask[0] == 0.1 && mask[1] == 0.5 && mask[512] == 0.1)
  }

  @Test("Smoothing spreads a lone bin over its neighbours and leaves what is even")
  func smoothing() {
    var lone = [Float](repeating: 0, count: 513)
    lone[100] = 1
    let once = Self.shaped(MaskShape(smoothing: 1), [lone])[0]
    #expect(once[98...102].elementsEqual([0, 0.25, 0.5, 0.25, 0]))
    let twice = Self.shaped(MaskShape(smoothing: 2), [lone])[0]
    #expect(twice[98...102].elementsEqual([0.0625, 0.25, 0.375, 0.25, 0.0625]))
    let even = Self.shaped(MaskShape(smoothing: 5), [[Float](repeating: 0.75, count: 513)])[0]
    #expect(even.allSatisfy { $0 == 0.75 })
  }

  @Test("A mask rises at once, and falls to 1/e within the release at the fastest")
  func release() {
    let (open, shut) = ([Float](repeating: 0.8, count: 513), [Float](repeating: 0, count: 513))
    // 10 hops of 16 ms.
    let masks = Self.shaped(MaskShape(release: 0.16), [shut, open] + [[Float]](repeating: shut, count: 10))
    #expect(masks[0][7] == 0 && masks[1][7] == 0.8)
    #expect(abs(masks[11][7] - 0.8 * Float(exp(-1.0))) < 0.002)
  }

  @Test("Position keeps what is in the middle, and takes the more of the rest the stronger it is")
  func position() {
    let tone = Self.tone(1000)
    let shape = { (strength: Float) in MaskShape(position: .centre, strength: strength) }
    #expect(abs(Self.share([tone, tone], shape(2))) < 0.1)
    #expect(Self.share([tone, tone.map { _ in 0 }], shape(1)) < -60)
    // A third on the right: 1 - (2/3) / (4/3) = 1/2.
    let panned = [tone, tone.map { $0 / 3 }]
    #expect(abs(Self.share(panned, shape(1)) + 6.02) < 0.3)
    #expect(abs(Self.share(panned, shape(3)) + 18.06) < 0.5)
    #expect(abs(Self.share([tone], shape(2))) < 0.1, "mono is in the middle")
  }

  @Test("Position is that of the mask's own frame, also where the mask comes later")
  func lookAhead() {
    // A click at the left, and later one in the middle, through a method that looks a second ahead.
    let framing = Framing(window: 512, hop: 128, rate: 16000)
    let stage = HPSSSettings.Stage(frames: 17, bins: 17, lookAhead: 8)
    let settings = SeparatorSettings(
      method: .hpss(HPSSSettings(hop: 8, long: stage, short: HPSSSettings.Stage(frames: 3, bins: 17))),
      framing: framing, mask: MaskShape(position: .centre, floor: 0))
    let stream = Stream(settings, rate: Self.rate, channels: 2)
    let sung = HPSSTests.vibrato(40_000)
    let left = sung.indices.map { $0 < 20_000 ? sung[$0] : 0 }
    let middle = sung.indices.map { $0 < 20_000 ? 0 : sung[$0] }
    let latency = stream.separator.latency.samples
    let tail = [Float](repeating: 0, count: latency)
    let mix = [zip(left, middle).map { $0 + $1 } + tail, middle + tail]
    let voice = stream.run(mix, period: 256).voice[0].dropFirst(latency)
    let silence = [Float](repeating: 0, count: 40_000)
    let (early, late) = (Array(voice)[1000..<19_000], Array(voice)[21_000..<39_000])
    #expect(difference(early, silence) < -60)
    #expect(difference(late, silence) > difference(middle[21_000..<39_000], silence) - 12)
  }
}
