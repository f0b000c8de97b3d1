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
}
