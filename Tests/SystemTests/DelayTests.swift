import Audio
import Foundation
import Testing

extension SystemTests {
  /// The measure of delay, on recordings made by arithmetic.
  @Suite struct DelayTests {
    @Test(arguments: [0, 1, 767, 12_345]) func noiseIsFoundToTheSample(lag: Int) throws {
      let played = noise(channels: 1, frames: 40_000)[0]
      let recorded = [Float](repeating: 0, count: lag) + played.map { $0 * 0.01 } + [Float](repeating: 0, count: 20_000)
      let delay = try #require(RehearsalDelay(of: recorded, after: played, lags: 0...20_000))
      #expect(delay.frames == lag)
      #expect(abs(delay.likeness - 1) < 1e-9)
    }

    @Test func anImpulseIsFound() throws {
      var played = [Float](repeating: 0, count: 4_000)
      played[1_000] = 1
      let recorded = [Float](repeating: 0, count: 1_024) + played
      #expect(try #require(RehearsalDelay(of: recorded, after: played, lags: 0...1_024)).frames == 1_024)
    }

    @Test func lowNotesAreTellableToTheSample() throws {
      let played = (0..<48_000).map { index -> Float in
        let time = Double(index) / 48_000
        return Float(exp(-3 * time) * sin(2 * .pi * 55 * time) * 0.5)
      }
      let recorded = [Float](repeating: 0, count: 2_222) + played + [Float](repeating: 0, count: 8_000)
      #expect(try #require(RehearsalDelay(of: recorded, after: played, lags: 0...8_000)).frames == 2_222)
    }

    @Test func unrelatedSoundsAreNotAlike() throws {
      let played = noise(channels: 1, frames: 40_000)[0]
      let recorded = noise(channels: 1, frames: 60_000, seed: 77)[0]
      #expect(try #require(RehearsalDelay(of: recorded, after: played, lags: 0...10_000)).likeness < 0.1)
    }

    @Test func silenceHasNoDelay() {
      let silence = [Float](repeating: 0, count: 10_000)
      #expect(RehearsalDelay(of: silence, after: silence, lags: 0...100) == nil)
    }
  }
}
