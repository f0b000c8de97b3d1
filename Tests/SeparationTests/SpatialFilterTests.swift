import Foundation
import Testing

@testable import Separation

/// What place tells of two sources in a stereo recording.
@Suite struct SpatialFilterTests {
  private static let length = 3 * 16_384

  /// A source that comes and goes, louder on one side by `share`.
  private static func source(seed: UInt64, left: Float, right: Float) -> [[Float]] {
    let sound = noise(length, seed: seed).enumerated().map { index, sample in
      sample * max(0, sin(Float(index) / 3000 + Float(seed)))
    }
    return [sound.map { $0 * left }, sound.map { $0 * right }]
  }

  private static func mix(_ a: [[Float]], _ b: [[Float]], _ share: Float = 1) -> [[Float]] {
    zip(a, b).map { zip($0, $1).map { $0 + share * $1 } }
  }

  /// What the filter makes of a whole recording and the voice that was found in it, in stretches of such a length.
  private static func filtered(_ mixture: [[Float]], _ voice: [[Float]], stretch: Int = 16_384) -> [[Float]] {
    func padded(_ signal: [[Float]], _ start: Int) -> [[Float]] {
      signal.map { channel in
        (start - SpatialFilter.margin..<start + stretch + SpatialFilter.margin).map {
          channel.indices.contains($0) ? channel[$0] : 0
        }
      }
    }
    var filter = SpatialFilter()
    let starts = stride(from: 0, to: mixture[0].count, by: stretch)
    for start in starts { filter.learn(mixture: padded(mixture, start), voice: padded(voice, start)) }
    var found = [[Float]](repeating: [], count: 2)
    for start in starts {
      let part = filter.filtered(mixture: padded(mixture, start), voice: padded(voice, start))
      for channel in 0..<2 { found[channel] += part[channel] }
    }
    return found
  }

  @Test("Of a voice in the middle, what was left of an accompaniment beside it goes")
  func apart() {
    let voice = Self.source(seed: 1, left: 0.3, right: 0.3)
    let accompaniment = Self.source(seed: 2, left: 0.5, right: 0.1)
    let mixture = Self.mix(voice, accompaniment)
    // A quarter of the accompaniment was taken for voice, and a tenth of the voice for accompaniment.
    let found = Self.mix(voice.map { $0.map { 0.9 * $0 } }, accompaniment, 0.25)
    let filtered = Self.filtered(mixture, found)
    for channel in 0..<2 {
      let (before, after) = (
        difference(found[channel], voice[channel]), difference(filtered[channel], voice[channel])
      )
      #expect(after < before - 6, "\(before) dB before, \(after) after")
    }
  }

  @Test("However a recording is cut into stretches, what is found is the same")
  func cut() {
    let voice = Self.source(seed: 3, left: 0.2, right: 0.4)
    let mixture = Self.mix(voice, Self.source(seed: 4, left: 0.4, right: 0.3))
    let found = voice.map { $0.map { 0.7 * $0 } }
    let (once, again) = (
      Self.filtered(mixture, found), Self.filtered(mixture, found, stretch: 4096)
    )
    for channel in 0..<2 { #expect(difference(once[channel], again[channel]) < -100) }
  }

  @Test("Where both channels have the same, a voice stays as it was found, and so does silence")
  func nothingToTell() {
    let voice = Self.source(seed: 5, left: 0.3, right: 0.3)
    let mixture = Self.mix(voice, Self.source(seed: 6, left: 0.4, right: 0.4))
    let found = Self.mix(voice.map { $0.map { 0.8 * $0 } }, mixture, 0.1)
    let filtered = Self.filtered(mixture, found)
    for channel in 0..<2 { #expect(difference(filtered[channel], found[channel]) < -100) }
    let silence = [[Float]](repeating: [Float](repeating: 0, count: Self.length), count: 2)
    #expect(Self.filtered(mixture, silence) == silence)
    #expect(Self.filtered(silence, silence) == silence)
  }
}
