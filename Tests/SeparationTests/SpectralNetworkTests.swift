import Foundation
import Testing

@testable import Network
@testable import Separation

/// Models that take the spectra of a pair of channels and give the voice's, from samples to voice.
@Suite struct SpectralNetworkTests {
  @Test("The voice is the one that training computed, sample for sample, at both channels", arguments: [16, 100, 256])
  func golden(period: Int) throws {
    let path = LearnedSeparationTests.repository
      .appendingPathComponent("Tests/NetworkTests/Fixtures/dense-unet-model.safetensors").path
    let settings = SeparatorSettings(method: .network(try Model.load(path: path)))
    func channels(_ name: String) throws -> [[Float]] {
      let both = try LearnedSeparationTests.golden(name, of: "dense-unet")
      return [Array(both.prefix(both.count / 2)), Array(both.suffix(both.count / 2))]
    }
    let (samples, expected) = (try channels("samples"), try channels("voice"))
    let voice = MidSideTests.live(samples, settings, rate: 16_000, period: period, slack: period)
    for channel in 0..<2 {
      // The last 32 samples want a frame that the vectors do not have.
      let complete = samples[channel].count - 32
      let furthest = zip(voice[channel].prefix(complete), expected[channel]).map { abs($0 - $1) }.max() ?? 1
      #expect(furthest < 1e-5)
      #expect(expected[channel].contains { abs($0) > 0.01 }, "vectors of silence would prove nothing")
    }
    #expect(difference(expected[0], expected[1]) > -20, "channels that are alike would hide which is which")
  }
}
