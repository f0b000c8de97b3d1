import Foundation
import Testing

@testable import Evaluation

/// The figures that stand beside BSS-Eval, by hand.
struct FigureTests {
  @Test("SI-SDR of a source with a fifth of something orthogonal, at any gain", arguments: [0.01, 1, 3] as [Float])
  func scaleInvariant(gain: Float) {
    let source: [Float] = [1, 1, -1, -1]
    let error: [Float] = [1, -1, 1, -1]
    let estimate = zip(source, error).map { gain * ($0 + 0.2 * $1) }
    #expect(abs(scaleInvariantSDR(of: [estimate], against: [source]) - 20 * log10(5)) < 1e-5)
    // Two channels have one scale: for 1 and 3 of a source of 2 and 2 it is 1, with errors of 1 and 1.
    let twice = scaleInvariantSDR(of: [[gain], [3 * gain]], against: [[2], [2]])
    #expect(abs(twice - 10 * log10(8.0 / 2.0)) < 1e-5)
    #expect(scaleInvariantSDR(of: [[0, 0]], against: [[1, 2]]) == Ratios.silence)
    #expect(scaleInvariantSDR(of: [[2, 4]], against: [[1, 2]]) == .infinity)
  }

  @Test("Means by length, medians and quartiles")
  func averages() {
    #expect(mean([2, 8], weights: [3, 1]) == 3.5)
    #expect(mean([]) == nil && median([]) == nil)
    #expect(median([5, 1, 3]) == 3 && median([4, 1, 2, 3]) == 2.5)
    #expect(quantile(0.25, of: [1, 2, 3, 4, 5]) == 2 && quantile(1, of: [1, 7, 3]) == 7)
    #expect(median([.infinity, .infinity]) == .infinity && median([1, .nan, 3]) == 2)
  }

  @Test("Equal energy, and a mixture at -20 dBFS")
  func equal() {
    var random = Noise(seed: 1)
    let (quiet, loud) = (random.samples(4000).map { $0 * 0.01 }, random.samples(4000))
    let mixed = equalEnergy(voice: quiet, accompaniment: loud)
    let energies = [mixed.voice, mixed.accompaniment, zip(mixed.voice, mixed.accompaniment).map { $0 + $1 }].map {
      energy(of: [$0], in: 0..<4000) / 4000
    }
    #expect(abs(energies[0] / energies[1] - 1) < 1e-5)
    #expect(abs(energies[2] - 0.01) < 1e-7)
    #expect(equalEnergy(voice: [0, 0], accompaniment: [1, -1]).voice == [0, 0])
  }

  @Test("Leakage is of pauses of half a second and more")
  func leakage() throws {
    // 0.6 s of pause, a sound, 0.4 s of pause, which is a gap between words.
    let rate = 1000
    let sound = [Float](repeating: 0.5, count: 300)
    let reference = [Float](repeating: 1e-5, count: 600) + sound + [Float](repeating: 0, count: 400) + sound
    let mixture = [Float](repeating: 0.1, count: reference.count)
    let stem = [Float](repeating: 0.01, count: 600) + [Float](repeating: 0.1, count: 1000)
    let measured = Leakage(of: [stem], reference: [reference], mixture: [mixture], rate: rate)
    #expect(abs(measured.seconds - 0.6) < 1e-9)
    #expect(abs(try #require(measured.level) + 20) < 1e-5)
    // A reference above -60 dBFS is sound.
    let hiss = Leakage(of: [stem], reference: [mixture], mixture: [mixture], rate: rate)
    #expect(hiss.level == nil && hiss.seconds == 0)
    // Together they are one ratio: 0.6 s at -20 dB and as much without any leakage are -23 dB.
    let none = Leakage(
      of: [[Float](repeating: 0, count: reference.count)], reference: [reference], mixture: [mixture], rate: rate)
    #expect(none.level == Ratios.silence)
    #expect(abs(try #require((measured + none).level) + 20 + 10 * log10(2.0)) < 1e-5)
  }

  @Test("Masks that know the sources: stems add up, and sources that do not meet come out whole")
  func oracle() throws {
    // A low and a high tone on two channels; the binary mask takes them apart but for what the windows let through.
    let rate = 16_000.0
    func tone(_ frequency: Double) -> [Float] {
      (0..<9000).map { Float(0.3 * sin(2 * .pi * frequency * Double($0) / rate)) }
    }
    let (voice, accompaniment) = ([tone(300), tone(5000)], [tone(4000), tone(700)])
    let mixture = zip(voice, accompaniment).map { zip($0, $1).map { $0 + $1 } }
    for mask in OracleMask.allCases {
      let stems = mask.separate(mixture, voice: voice, accompaniment: accompaniment)
      for channel in 0..<2 {
        for index in mixture[channel].indices {
          let sum = stems.voice[channel][index] + stems.accompaniment[channel][index]
          #expect(abs(sum - mixture[channel][index]) < 1e-6)
        }
      }
      #expect(scaleInvariantSDR(of: stems.voice, against: voice) > 35, "\(mask)")
      #expect(scaleInvariantSDR(of: stems.accompaniment, against: accompaniment) > 35, "\(mask)")
    }
  }

  @Test("Where nothing is masked, frames add up to the signal")
  func frames() {
    var random = Noise(seed: 5)
    let signal = random.samples(5003)
    let silent = [Float](repeating: 0, count: 5003)
    let stems = OracleMask.ratio.separate([signal], voice: [signal], accompaniment: [silent])
    for (a, b) in zip(stems.voice[0], signal) { #expect(abs(a - b) < 1e-6) }
  }

  @Test("A tone stands in its row, and nothing beside it")
  func spectrogram() throws {
    let tone = (0..<32_000).map { Float(sin(2 * .pi * 1000 * Double($0) / 16_000)) }
    let silent = tone.map { _ in Float(0) }
    let picture = Spectrogram(of: [tone], rate: 16_000, highest: 4000, columns: 50, rows: 64)
    #expect(picture.columns == 50 && picture.rows == 64)
    let middle = (0..<64).map { picture.powers[$0 * 50 + 25] }
    #expect(middle.firstIndex(of: try #require(middle.max())) == 16)
    let levels = picture.levels(loudest: try #require(picture.powers.max()), range: 60)
    #expect(levels[16 * 50 + 25] > 0.99 && levels[40 * 50 + 25] < 0.01)
    let other = Spectrogram(of: [silent], rate: 16_000, highest: 4000, columns: 50, rows: 64)
    #expect(picture.share(beside: other)[16 * 50 + 25] == 1)
    #expect(other.share(beside: picture)[16 * 50 + 25] == 0)
  }
}
