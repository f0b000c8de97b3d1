import Spectral
import Testing

@testable import Separation

/// What a recording becomes that is separated as a file.
@Suite struct OfflineSeparationTests {
  /// A recording in blocks whose lengths come round in turns.
  private func separate(
    _ sound: [[Float]], _ settings: SeparatorSettings, rate: Int = 44_100, blocks: [Int]
  ) -> OfflineSeparation.Stems {
    var separation = OfflineSeparation(settings: settings, rate: rate, channels: sound.count)
    var all = OfflineSeparation.Stems(
      voice: sound.map { _ in [] }, accompaniment: sound.map { _ in [] })
    func append(_ stems: OfflineSeparation.Stems) {
      for channel in sound.indices {
        all.voice[channel] += stems.voice[channel]
        all.accompaniment[channel] += stems.accompaniment[channel]
      }
    }
    var position = 0
    var turn = 0
    while position < sound[0].count {
      let end = min(position + blocks[turn % blocks.count], sound[0].count)
      append(separation.separate(sound.map { Array($0[position..<end]) }, frames: end - position))
      position = end
      turn += 1
    }
    append(separation.finish())
    return all
  }

  private let centre = SeparatorSettings(method: .centre(CentreSettings()))

  @Test("With a mask of ones the voice is the recording, sample by sample", arguments: [8_000, 44_100, 192_000])
  func lineUp(rate: Int) {
    for pair in WindowPair.allCases {
      let settings = SeparatorSettings(method: .passthrough, framing: Framing(pair: pair))
      let sound = [noise(50_001, seed: 1), noise(50_001, seed: 2), noise(50_001, seed: 3)]
      let stems = separate(sound, settings, rate: rate, blocks: [16_384])
      for channel in 0..<3 {
        #expect(stems.voice[channel].count == 50_001)
        #expect(difference(stems.voice[channel], sound[channel]) < -120)
        #expect(difference(stems.accompaniment[channel], [Float](repeating: 0, count: 50_001)) < -120)
      }
    }
  }

  @Test("The stems add up to the recording and are as long", arguments: [0, 1, 255, 4_095, 4_096, 4_097, 30_000])
  func sum(length: Int) {
    let sound = [noise(length, seed: 5), noise(length, seed: 6)]
    let stems = separate(sound, centre, blocks: [1000])
    for channel in 0..<2 {
      #expect(stems.voice[channel].count == length)
      #expect(stems.accompaniment[channel].count == length)
      let both = zip(stems.voice[channel], stems.accompaniment[channel]).map { $0 + $1 }
      #expect(difference(both, sound[channel]) < -120)
    }
  }

  @Test("What is in the middle comes out as the voice at its own place")
  func place() throws {
    // A burst of 1 kHz in the middle, and noise at the left from beginning to end.
    let burst = (0..<2_000).map { Float(sine(Double($0) / 44.1)) }
    var voice = [Float](repeating: 0, count: 40_000)
    voice.replaceSubrange(17_000..<19_000, with: burst)
    let left = noise(40_000, seed: 7).map { $0 * 0.05 }
    let stems = separate([zip(voice, left).map { $0 + $1 }, voice], centre, blocks: [777])
    func product(_ lag: Int) -> Float { zip(burst, stems.voice[1][(17_000 + lag)...]).reduce(0) { $0 + $1.0 * $1.1 } }
    let best = (-20...20).max { product($0) < product($1) }
    #expect(best == 0)
    #expect(difference(stems.voice[1][17_000..<19_000], burst) < -20)
    let before = stems.voice[1].prefix(15_000)
    #expect(difference(before, [Float](repeating: 0, count: 15_000)) < -60)
  }

  @Test("The result is the same to the bit however the recording is cut into blocks")
  func blocks() {
    // The silence in front is where a grid that followed the blocks would show.
    let sound = [[Float](repeating: 0, count: 10_000) + noise(50_000, seed: 8), noise(60_000, seed: 9)]
    let whole = separate(sound, centre, blocks: [60_000])
    for blocks in [[1], [4_096], [37, 5_000, 1, 256], [16_384]] {
      #expect(separate(sound, centre, blocks: blocks) == whole, "\(blocks)")
    }
  }

  @Test("What is no sound is taken as silence and counted")
  func nonFinite() {
    var sound = noise(20_000, seed: 10)
    sound[5_000] = .nan
    sound[6_000] = .infinity
    var separation = OfflineSeparation(settings: centre, rate: 48_000, channels: 1)
    let stems = [separation.separate([sound], frames: 20_000), separation.finish()]
    let voice = stems.flatMap { $0.voice[0] }
    let both = zip(voice, stems.flatMap { $0.accompaniment[0] }).map { $0 + $1 }
    sound[5_000] = 0
    sound[6_000] = 0
    #expect(difference(both, sound) < -120)
    let count = separation.nonFiniteSamples
    #expect(count == 2)
  }
}
