import Foundation
import Sound
import Testing

/// What a sound is at another rate.
struct RateConversionTests {
  static let rates = [(44_100, 48_000), (48_000, 44_100), (8_000, 48_000), (96_000, 44_100), (44_100, 44_000)]

  private func tone(_ frequency: Double, rate: Int, frames: Int) -> [Float] {
    (0..<frames).map { Float(0.5 * sin(2 * .pi * frequency * Double($0) / Double(rate) + 0.3)) }
  }

  /// The level of the difference in dB below the tone's, away from where the sound begins and ends abruptly.
  private func difference(_ a: [Float], _ b: [Float], margin: Int) -> Double {
    let range = margin..<(min(a.count, b.count) - margin)
    let sum = range.reduce(0.0) { $0 + Double(a[$1] - b[$1]) * Double(a[$1] - b[$1]) }
    return 10 * log10(max(sum / Double(range.count), 1e-40) / 0.125)
  }

  @Test("A tone stays the same tone at the same moment", arguments: rates)
  func tones(from: Int, to: Int) {
    for share in [0.01, 0.3, 0.8] {
      let frequency = share * Double(min(from, to)) / 2
      let converted = RateConversion(from: from, to: to).convert(tone(frequency, rate: from, frames: from / 10))
      let expected = tone(frequency, rate: to, frames: to / 10)
      #expect(abs(converted.count - expected.count) <= 1)
      #expect(difference(converted, expected, margin: to / 40) < -90, "\(from) to \(to) Hz, \(frequency) Hz")
    }
  }

  @Test("What the lower rate has no room for is gone instead of coming back as another tone")
  func alias() {
    let converted = RateConversion(from: 96_000, to: 44_100).convert(tone(30_000, rate: 96_000, frames: 19_200))
    #expect(difference(converted, [Float](repeating: 0, count: converted.count), margin: 500) < -90)
  }

  @Test("A constant stays what it is")
  func constant() {
    let converted = RateConversion(from: 44_100, to: 48_000).convert([Float](repeating: 0.25, count: 10_000))
    #expect(converted.dropFirst(200).dropLast(200).allSatisfy { abs($0 - 0.25) < 1e-6 })
  }

  @Test("At its own rate a sound is not touched")
  func same() {
    let sound = tone(1_000, rate: 48_000, frames: 1_000)
    #expect(RateConversion(from: 48_000, to: 48_000).convert(sound) == sound)
    #expect(RateConversion(from: 44_100, to: 48_000).convert([]) == [])
  }
}
