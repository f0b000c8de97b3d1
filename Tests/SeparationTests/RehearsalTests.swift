import Foundation
import Realtime
import Testing

@testable import Network
@testable import Separation

/// What is measured before a preset plays is what it does when it plays.
@Suite struct RehearsalTests {
  @Test(
    "From the frame on that has its future, a rehearsal takes the whole step",
    arguments: ["dnn-1", "drnn-2", "dnn-5", "deep-karaoke"])
  func runsTheLayers(name: String) throws {
    let path = LearnedSeparationTests.repository
      .appendingPathComponent("Tests/NetworkTests/Fixtures/\(name)-model.safetensors").path
    let settings = SeparatorSettings(method: .network(try Model.load(path: path)), mask: MaskShape(threshold: 0))
    let parts = SeparatorParts(
      settings: settings, rate: 48_000, channels: 2, period: 256, slack: 256, request: Wake(), arrival: Wake())
    var estimation = parts.estimation
    for _ in 0...settings.lookAhead { estimation?.rehearse() }
    // The layers' sigmoids and shares never give nothing at all; masks of frames that are not estimated are nothing.
    var sung = 0
    for bin in 0..<(estimation?.rehearsalMask.count ?? 0) where (estimation?.rehearsalMask[bin] ?? 0) > 0 { sung += 1 }
    #expect(sung > 0)
  }

  @Test("A network that waits for frames by itself is rehearsed from the first on: what is not there yet is silence")
  func waitsForFrames() throws {
    let settings = try InnerDelayTests.settings(frames: 40)
    let parts = SeparatorParts(
      settings: settings, rate: 16_000, channels: 2, period: 64, slack: 64, request: Wake(), arrival: Wake())
    var estimation = parts.estimation
    for frame in 0..<60 {
      estimation?.rehearse()
      var (loudest, numbers): (Float, Bool) = (0, true)
      for at in 0..<(estimation?.rehearsalMask.count ?? 0) {
        let ratio = estimation?.rehearsalMask[at] ?? .nan
        loudest = max(loudest, abs(ratio))
        numbers = numbers && ratio.isFinite
      }
      #expect(numbers, "frame \(frame)")
      if frame < 40 { #expect(loudest == 0, "frame \(frame)") }
      // From here on the voice is the whole mixture of 40 frames before, as this network gives it.
      if frame > 40 { #expect(abs(loudest - 1) < 1e-3, "frame \(frame): \(loudest)") }
    }
  }
}
