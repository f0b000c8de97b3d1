import Foundation
import Testing

@testable import Evaluation

/// BSS-Eval: the figures of mir_eval 0.8.2 and museval 0.4.1, and what can be computed by hand.
struct ReferencesTests {
  static let tolerance = 1e-6

  @Test("Version 3 is mir_eval's", arguments: ["mono", "stereo", "short", "song"])
  func versionThree(name: String) throws {
    let fixture = try Fixture(name)
    let measured = try References(fixture.sources).measure(fixture.estimates, window: fixture.rate)
    for (index, figures) in measured.enumerated() {
      let (sources, images) = (figures.sources, figures.images)
      #expect(abs(sources.sdr - (try fixture.sources("sdr", of: index))) < Self.tolerance)
      #expect(abs(sources.sir - (try fixture.sources("sir", of: index))) < Self.tolerance)
      #expect(abs(sources.sar - (try fixture.sources("sar", of: index))) < Self.tolerance)
      #expect(abs(images.sdr - (try fixture.images("sdr", of: index))) < Self.tolerance)
      #expect(abs(try #require(images.isr) - (try fixture.images("isr", of: index))) < Self.tolerance)
      #expect(abs(images.sir - (try fixture.images("sir", of: index))) < Self.tolerance)
      #expect(abs(images.sar - (try fixture.images("sar", of: index))) < Self.tolerance)
    }
  }

  @Test("Version 4 is museval's, window by window", arguments: ["mono", "stereo", "short", "song"])
  func versionFour(name: String) throws {
    let fixture = try Fixture(name)
    let measured = try References(fixture.sources).measure(fixture.estimates, window: fixture.rate)
    for (index, figures) in measured.enumerated() {
      let named: [(String, (Ratios) -> Double?)] = [("sdr", \.sdr), ("isr", \.isr), ("sir", \.sir), ("sar", \.sar)]
      for (name, value) in named {
        let expected = try fixture.windows(name, of: index)
        #expect(figures.windows.count == expected.count)
        for (window, expected) in zip(figures.windows, expected) {
          #expect((window == nil) == (expected == nil))
          if let window, let expected { #expect(abs(try #require(value(window)) - expected) < Self.tolerance) }
        }
      }
    }
  }

  @Test("The mixture is measured against each source alone", arguments: ["mono", "short", "song"])
  func mixture(name: String) throws {
    let fixture = try Fixture(name)
    let mixture = fixture.sources[0].indices.map { channel in
      zip(fixture.sources[0][channel], fixture.sources[1][channel]).map { $0 + $1 }
    }
    let measured = try References(fixture.sources).sdr(of: mixture)
    for (measured, expected) in zip(measured, fixture.mixture) { #expect(abs(measured - expected) < Self.tolerance) }
  }

  /// Sources that have nothing to do with each other at any lag: each has its own half of the time, far enough apart.
  private let apart: (voice: [Float], accompaniment: [Float]) = {
    var random = Noise(seed: 7)
    let silence = [Float](repeating: 0, count: 4096)
    return (random.samples(2048) + silence + silence, silence + silence + random.samples(2048))
  }()

  @Test("A quarter of the other source is 12.04 dB of interference, and neither distortion nor artefacts beside it")
  func interference() throws {
    let (voice, accompaniment) = apart
    let level = { (x: [Float]) in x.reduce(0.0) { $0 + Double($1) * Double($1) } }
    let scale = Float((level(voice) / level(accompaniment)).squareRoot()) / 4
    let estimate = zip(voice, accompaniment).map { 0.5 * $0 + $1 * scale * 0.5 }
    let measured = try References([[voice], [accompaniment]], taps: 32)
      .measure([[estimate], [accompaniment]], window: 100_000)
    let expected = 20 * log10(4.0)
    // Halving the voice is filtering, which the sources version forgives.
    #expect(abs(measured[0].sources.sdr - expected) < 1e-3)
    #expect(abs(measured[0].sources.sir - expected) < 1e-3)
    #expect(measured[0].sources.sar > 100)
    // The images version does not: (1/2 s)² of spatial error, a 64th of it of interference.
    #expect(abs(try #require(measured[0].images.isr) - 20 * log10(2.0)) < 1e-3)
    #expect(abs(measured[0].images.sdr + 10 * log10(0.25 + 1.0 / 64)) < 1e-3)
    #expect(measured[1].sources.sdr > 100)
  }

  @Test("A delay within the filters costs nothing in the sources version, one beyond them everything")
  func delay() throws {
    var random = Noise(seed: 3)
    let voice = random.samples(6000) + [Float](repeating: 0, count: 200)
    let other = random.samples(6200)
    func late(by count: Int) -> [Float] { [Float](repeating: 0, count: count) + voice.dropLast(count) }
    let references = try References([[voice], [other]], taps: 64)
    #expect(try references.measure([[late(by: 63)], [other]], window: 6200)[0].sources.sdr > 100)
    #expect(try references.measure([[late(by: 64)], [other]], window: 6200)[0].sources.sdr < -10)
  }

  @Test("Silent windows have no figure, and the track's is the median of the others")
  func windows() throws {
    let fixture = try Fixture("mono")
    let figures = try References(fixture.sources).measure(fixture.estimates, window: fixture.rate)[0]
    #expect(figures.windows.map { $0 == nil } == [false, false, true, false])
    let known = figures.windows.compactMap { $0?.sdr }.sorted()
    #expect(figures.medians?.sdr == known[1])
  }

  @Test("A silent estimate counts as -100 dB, and does not hide the other")
  func silence() throws {
    let (voice, accompaniment) = apart
    let silent = [Float](repeating: 0, count: voice.count)
    let references = try References([[voice], [accompaniment]], taps: 32)
    let measured = try references.measure([[silent], [accompaniment]], window: 1000)
    #expect(measured[0].sources == Ratios(sdr: -100, sir: -100, sar: -100))
    #expect(measured[0].medians == nil)
    #expect(measured[1].sources.sdr > 100)
  }

  @Test("What cannot be measured is refused, and says which signal it was")
  func refusals() throws {
    let (voice, accompaniment) = apart
    let silent = [Float](repeating: 0, count: voice.count)
    #expect(throws: EvaluationError.silent(reference: 1)) { try References([[voice], [silent]]) }
    #expect(
      throws: EvaluationError.shape(
        found: "reference 1 of 1 channels and 7 samples", expected: "1 channels and \(voice.count) samples")
    ) { try References([[voice], [[Float](repeating: 1, count: 7)]]) }
    var broken = voice
    broken[5] = .nan
    #expect(throws: EvaluationError.notFinite(signal: "reference 0", frame: 5)) { try References([[broken], [voice]]) }
    let references = try References([[voice], [accompaniment]], taps: 16)
    #expect(throws: EvaluationError.notFinite(signal: "estimate 1", frame: 5)) {
      try references.measure([[voice], [broken]], window: 100)
    }
    #expect(throws: EvaluationError.self) { try references.measure([[voice]], window: 100) }
    #expect(throws: EvaluationError.self) { try references.measure([[voice], [voice, voice]], window: 100) }
  }

  @Test("Two references that are the same have figures, too")
  func singular() throws {
    let (voice, _) = apart
    let measured = try References([[voice], [voice]], taps: 32).measure([[voice], [voice]], window: 100_000)
    #expect(measured[0].sources.sdr > 60)
    #expect(measured[0].sources.sdr.isFinite || measured[0].sources.sdr == .infinity)
  }
}
