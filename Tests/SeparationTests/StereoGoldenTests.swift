import Foundation
import Testing

@testable import Network
@testable import Separation

/// Models that hear both channels of a pair, from samples to voice: as mid and side, and as spectra.
@Suite struct StereoGoldenTests {
  /// Model, its vectors, and how many samples at their end want frames that they do not have.
  static let models = [
    ("mid-side", "mid-side", 48), ("dense-unet", "dense-unet", 32), ("edge-unet", "edge-unet", 64),
    ("block-unet", "block-unet", 576), ("block-unet", "block-unet-files", 1664),
  ]

  @Test(
    "The voice is the one that training computed, sample for sample, at both channels",
    arguments: models, [16, 100, 256])
  func golden(of vectors: (model: String, name: String, incomplete: Int), period: Int) throws {
    let path = LearnedSeparationTests.repository
      .appendingPathComponent("Tests/NetworkTests/Fixtures/\(vectors.model)-model.safetensors").path
    let arrangement: ModelDescription.Arrangement = vectors.name.hasSuffix("-files") ? .files : .live
    let settings = SeparatorSettings(method: .network(try Model.load(path: path, for: arrangement)))
    func channels(_ name: String) throws -> [[Float]] {
      let both = try LearnedSeparationTests.golden(name, of: vectors.name)
      return [Array(both.prefix(both.count / 2)), Array(both.suffix(both.count / 2))]
    }
    let (samples, expected) = (try channels("samples"), try channels("voice"))
    let voice = MidSideTests.live(samples, settings, rate: 16_000, period: period, slack: period)
    for channel in 0..<2 {
      let complete = voice[channel].prefix(samples[channel].count - vectors.incomplete)
      func furthest(from other: [Float]) -> Float { zip(complete, other).map { abs($0 - $1) }.max() ?? 1 }
      #expect(furthest(from: expected[channel]) < 1e-5)
      #expect(furthest(from: expected[1 - channel]) > 0.01, "channels that are alike would hide which is which")
      #expect(expected[channel].contains { abs($0) > 0.01 }, "vectors of silence would prove nothing")
    }
  }
}
