import Foundation
import Realtime
import Spectral
import Testing

@testable import Separation

/// What is learned of where the voice stands, and what becomes of masks by it.
@Suite("A learned position") struct PositionMemoryTests {
  static let bins = 65

  /// The spectra of a frame: for each bin what it has at the left and at the right.
  static func frame(_ bin: (Int) -> (left: Float, right: Float), midSide: Bool = false) -> SampleBuffer {
    let stride = Transform.stride(bins: bins)
    var spectra = SampleBuffer(count: 2 * stride)
    for number in 0..<bins {
      let (left, right) = bin(number)
      // Of any phase, the same at both sides.
      for (part, share) in [Float(0.6), 0.8].enumerated() {
        spectra[2 * number + part] = share * (midSide ? (left + right) / 2 : left)
        spectra[stride + 2 * number + part] = share * (midSide ? (left - right) / 2 : right)
      }
    }
    return spectra
  }

  /// Masks of the last of the frames, each given as its bins and their masks.
  static func shaped(
    _ frames: [(bin: (Int) -> (left: Float, right: Float), mask: (Int) -> Float)], planes: Int = 2,
    midSide: Bool = false,
    strength: Float = 1
  ) -> [Float] {
    var shaper = MaskShaper(
      MaskShape(position: .learned, strength: strength), planes: planes, channels: 2, bins: bins, binWidth: 125,
      hop: 0.016,
      lookAhead: 0, midSide: midSide)
    var masks: [Float] = []
    for frame in frames {
      let spectra = Self.frame(frame.bin, midSide: midSide)
      masks = (0..<planes).flatMap { _ in (0..<bins).map(frame.mask) }
      shaper.observe(spectra.base)
      shaper.apply(&masks)
    }
    return masks
  }

  /// A song: what is sung stands at one place, in the even bins, and what is played at another, in the odd ones.
  static func song(
    voice: (left: Float, right: Float), music: (left: Float, right: Float), seconds: Double = 10, gain: Float = 1
  ) -> [(bin: (Int) -> (left: Float, right: Float), mask: (Int) -> Float)] {
    let bin = { (number: Int) -> (left: Float, right: Float) in
      let place = number.isMultiple(of: 2) ? voice : music
      return (gain * place.left, gain * place.right)
    }
    return [(bin, { (number: Int) -> Float in number.isMultiple(of: 2) ? 0.9 : 0.1 })]
      .flatMap { Array(repeating: $0, count: Int(seconds / 0.016)) }
  }

  static func half(_: Int) -> Float { 0.5 }

  @Test("What stands where the singer does is hers sooner, what stands elsewhere later, wherever that is")
  func places() {
    let (middle, left, right): ((Float, Float), (Float, Float), (Float, Float)) = ((1, 1), (1, 0.1), (0.1, 1))
    for (voice, music) in [(middle, left), (left, middle), (right, left)] {
      let song = Self.song(voice: voice, music: music)
      let unsure = (song[0].bin, Self.half)
      let masks = Self.shaped(song + [unsure])
      for bin in 0..<Self.bins {
        // Odds of one to one are doubled at the most.
        #expect(bin.isMultiple(of: 2) ? masks[bin] > 0.6 && masks[bin] <= 2 / 3 + 1e-5 : masks[bin] < 0.1)
        #expect(masks[bin] == masks[Self.bins + bin], "both channels alike")
      }
    }
  }

  @Test("A strength of less than one says less, and never does a mask leave 0 to 1")
  func strength() {
    let song = Self.song(voice: (1, 1), music: (1, 0.1))
    let unsure = (song[0].bin, Self.half)
    let (whole, little) = (Self.shaped(song + [unsure]), Self.shaped(song + [unsure], strength: 0.2))
    #expect(little[0] > 0.5 && little[0] < whole[0] && little[1] < 0.5 && little[1] > whole[1])
    let ends = Self.shaped(song + [(song[0].bin, { Float($0 % 3) / 2 })])
    #expect(ends.indices.allSatisfy { ends[$0] >= 0 && ends[$0] <= 1 })
    // What is certain stays so.
    #expect(ends[0] < 1e-6 && ends[2] == 1)
  }

  @Test("Where all is in one place nothing changes")
  func onePlace() {
    for place: (Float, Float) in [(1, 1), (0.3, 1)] {
      let song = Self.song(voice: place, music: place)
      let masks = Self.shaped(song)
      #expect((0..<Self.bins).allSatisfy { abs(masks[$0] - ($0.isMultiple(of: 2) ? 0.9 : 0.1)) < 1e-4 })
    }
    let silent = Self.shaped(Self.song(voice: (0, 0), music: (0, 0)))
    #expect((0..<Self.bins).allSatisfy { silent[$0] == ($0.isMultiple(of: 2) ? 0.9 : 0.1) })
  }

  @Test("The first frames hardly count, and how loud the song is does not")
  func doubt() {
    let (long, short) = (
      Self.song(voice: (1, 1), music: (1, 0.1)), Self.song(voice: (1, 1), music: (1, 0.1), seconds: 0.017)
    )
    let unsure = (long[0].bin, Self.half)
    let (learned, begun) = (Self.shaped(long + [unsure]), Self.shaped(short + [unsure]))
    #expect(begun[1] < 0.5 && begun[1] > learned[1] + 0.2)
    for gain: Float in [1e-6, 1e4] {
      let song = Self.song(voice: (1, 1), music: (1, 0.1), gain: gain)
      let masks = Self.shaped(song + [(song[0].bin, Self.half)])
      #expect(zip(masks, learned).allSatisfy { abs($0 - $1) < 1e-3 })
    }
  }

  @Test("A pause makes nothing forgotten, another song does")
  func memory() {
    let song = Self.song(voice: (1, 1), music: (1, 0.1))
    let other = Self.song(voice: (1, 0.1), music: (1, 1), seconds: 60)
    let pause = Self.song(voice: (0, 0), music: (0, 0), seconds: 60)
    let unsure = (song[0].bin, Self.half)
    let (before, after) = (Self.shaped(song + [unsure]), Self.shaped(song + pause + [unsure]))
    #expect(zip(before, after).allSatisfy { abs($0 - $1) < 1e-6 })
    // Now the singer stands where the music stood.
    let turned = Self.shaped(song + other + [unsure])
    #expect(turned[1] > 0.6 && turned[0] < 0.2)
  }

  @Test("Mid and side are places as left and right are")
  func midSide() {
    let song = Self.song(voice: (1, 1), music: (0.2, 1))
    let unsure = (song[0].bin, Self.half)
    let (one, other) = (Self.shaped(song + [unsure]), Self.shaped(song + [unsure], midSide: true))
    #expect(zip(one, other).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test("What stands in the first two channels says nothing of a third")
  func furtherChannels() {
    let song = Self.song(voice: (1, 1), music: (1, 0.1))
    let masks = Self.shaped(song + [(song[0].bin, Self.half)], planes: 3)
    #expect(masks[0] > 0.6 && masks[Self.bins] > 0.6)
    #expect(masks[(2 * Self.bins)...].allSatisfy { $0 == 0.5 })
  }

  @Test("Forgotten is forgotten, and one channel has no place")
  func reset() {
    var shaper = MaskShaper(
      MaskShape(position: .learned), planes: 1, channels: 2, bins: Self.bins, binWidth: 125, hop: 0.016, lookAhead: 0)
    let song = Self.song(voice: (1, 1), music: (1, 0.1))
    for round in 0..<2 {
      let spectra = Self.frame(song[0].bin)
      var masks = (0..<Self.bins).map(Self.half)
      shaper.observe(spectra.base)
      shaper.apply(&masks)
      #expect(masks.allSatisfy { $0 == 0.5 }, "round \(round)")
      for _ in 0..<100 {
        masks = (0..<Self.bins).map(song[0].mask)
        shaper.observe(spectra.base)
        shaper.apply(&masks)
      }
      shaper.reset()
    }
    #expect(
      MaskShapeTests.shaped(MaskShape(position: .learned), [[Float](repeating: 0.3, count: 513)])[0]
        == [Float](repeating: 0.3, count: 513))
  }
}
