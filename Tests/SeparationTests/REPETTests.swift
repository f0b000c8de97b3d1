import Spectral
import Testing

@testable import Separation

/// REPET-SIM: what comes again is accompaniment.
@Suite struct REPETTests {
  static let rate = 16_000
  static let settings = SeparatorSettings(
    method: .repet(REPETSettings(memory: 10, similar: 5, distance: 1)), framing: Framing(rate: 16000))

  /// Six notes and a beat that come round every two seconds.
  static func loop(_ seconds: Int) -> [Float] {
    let pitches = [220.0, 330, 262, 392, 294, 247, 440, 349]
    let hit = noise(800, seed: 4)
    return (0..<seconds * rate).map { index in
      let place = index % (2 * rate)
      let (note, age) = (place / 4000, place % 4000)
      let fade = Double(4000 - age) / 4000
      let time = Double(place) / Double(rate)
      let tone = sine(pitches[note] * time) + 0.5 * sine(2 * pitches[note] * time)
      return Float(0.15 * fade * tone) + (age < 800 ? 0.2 * hit[age] * Float(800 - age) / 800 : 0)
    }
  }

  static func voice(_ sound: [Float]) -> [Float] {
    let stream = Stream(settings, rate: rate)
    let latency = stream.separator.latency.samples
    let out = stream.run([sound + [Float](repeating: 0, count: latency)], period: 256).voice[0]
    return Array(out.dropFirst(latency))
  }

  @Test("A loop is accompaniment, and a voice that sings once over it comes out of it")
  func loopAndVoice() {
    let loop = Self.loop(12)
    // From the ninth second on, when the loop has come round four times.
    let range = 9 * Self.rate..<11 * Self.rate
    let sung = loop.indices.map { index -> Float in
      guard range.contains(index) else { return 0 }
      let time = Double(index - range.lowerBound) / Double(Self.rate)
      return Float(0.2 * (1...5).reduce(0.0) { $0 + sine(Double($1) * (523 + 80 * time) * time) / Double($1) })
    }
    let silence = [Float](repeating: 0, count: loop.count)
    let alone = Self.voice(loop)
    #expect(difference(alone[range], silence) < difference(loop[range], silence) - 15)
    let found = Self.voice(zip(loop, sung).map { $0 + $1 })
    #expect(difference(found[range], sung[range]) < difference(loop[range], silence) - 6)
  }

  @Test("What was never heard before is accompaniment until it has come a second time")
  func beginning() {
    let sound = noise(Self.rate / 2, seed: 9)
    #expect(Self.voice(sound).allSatisfy { $0 == 0 })
  }
}
