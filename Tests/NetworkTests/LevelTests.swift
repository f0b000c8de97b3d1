import Foundation
import Testing

@testable import Network

@Suite("The running level")
struct LevelTests {
  private func level(
    seconds: Double = 3, floor: Double = -60, shape: ModelDescription.WindowShape = .squareRootHann
  ) -> Level {
    Level(
      .runningRMS(seconds: seconds, floor: floor),
      grid: ModelDescription.Grid(rate: 16000, window: 1024, hop: 256, shape: shape))
  }

  @Test("of a steady sine is its RMS value, whatever the window", arguments: ModelDescription.WindowShape.allCases)
  func sine(shape: ModelDescription.WindowShape) {
    // A full-scale sine on bin 40, by the plain transform of its windowed samples.
    let window = (0..<1024).map { sample in
      let half = sin(Double.pi * Double(sample) / 1024)
      return switch shape {
      case .squareRootHann: half
      case .hann: half * half
      // Up for 768 samples, down for 256.
      case .lowDelay: sin(Double.pi * (sample < 768 ? Double(sample) / 1536 : Double(sample - 512) / 512))
      case .lowDelayHann: pow(sin(Double.pi * (sample < 768 ? Double(sample) / 1536 : Double(sample - 512) / 512)), 2)
      }
    }
    let sum = window.reduce(0, +)
    let magnitudes = (0...512).map { bin -> Float in
      var real = 0.0
      var imaginary = 0.0
      for sample in 0..<1024 {
        let value = window[sample] * sin(2 * Double.pi * 40 * Double(sample) / 1024)
        let angle = 2 * Double.pi * Double(bin * sample % 1024) / 1024
        real += value * cos(angle)
        imaginary -= value * sin(angle)
      }
      return Float(hypot(real, imaginary) / sum)
    }
    var level = level(shape: shape)
    let steps = (0..<5).map { _ in level.step(magnitudes) }
    #expect(steps.allSatisfy { abs($0 - 0.5.squareRoot()) < 1e-6 })
  }

  @Test("stays where it was through a pause, and starts at the floor")
  func pause() {
    var level = level()
    let silence = [Float](repeating: 0, count: 513)
    let tone = (0..<513).map { $0 == 100 ? Float(0.25) : 0 }
    #expect(level.step(silence) == pow(10, -60.0 / 20))
    let before = level.step(tone)
    // Twice the bin's square, times (sum w)^2 / (N sum w^2) of sin(pi n / N), whose squares sum to N / 2.
    let sum = (0..<1024).reduce(0) { $0 + sin(Double.pi * Double($1) / 1024) }
    #expect(abs(before - (2 * 0.25 * 0.25 * sum * sum / (1024 * 512)).squareRoot()) < 1e-9)
    let during = (0..<1000).map { _ in level.step(silence) }
    #expect(during.allSatisfy { $0 == before })
  }

  @Test("follows a change of volume within its time constant")
  func change() {
    var level = level(seconds: 0.16)
    let frame = { (amplitude: Float) in (0..<513).map { $0 == 100 ? amplitude : 0 } }
    for _ in 0..<200 { _ = level.step(frame(0.01)) }
    let quiet = level.step(frame(0.01))
    var last = 0.0
    for _ in 0..<10 { last = level.step(frame(0.1)) }
    // After ten hops of 16 ms, a time constant, a share 1 - 1/e of the power is the new one.
    let share = 1 - exp(-1.0)
    let expected = quiet * (share * 100 + (1 - share)).squareRoot()
    #expect(abs(last / expected - 1) < 1e-3)
  }
}

extension Level {
  /// The level after a frame of magnitudes.
  mutating func step(_ magnitudes: [Float]) -> Double { step(power(magnitudes: magnitudes)) }
}
