import Foundation
import Testing

@testable import Spectral

/// The transform that measurements are made with.
struct PreciseTransformTests {
  @Test("A cosine in the third bin, placed where it is said to be, and back")
  func cosine() {
    var transform = PreciseTransform(size: 16)
    let cosine = (0..<16).map { cos(2 * .pi * 3 * Double($0) / 16) }
    let spectrum = transform.spectrum(of: cosine[...])
    #expect(spectrum.count == 18)
    for bin in 0...8 {
      #expect(abs(spectrum[2 * bin] - (bin == 3 ? 8 : 0)) < 1e-14 && abs(spectrum[2 * bin + 1]) < 1e-14)
    }
    for (a, b) in zip(transform.samples(of: spectrum), cosine) { #expect(abs(a - b) < 1e-15) }
    // An impulse at sample 4 turns a quarter further in each bin; what was there before is forgotten.
    let impulse = transform.spectrum(of: ([2] as [Float])[...], at: 4)
    for (bin, expected) in [(2.0, 0.0), (0, -2), (-2, 0), (0, 2), (2, 0)].enumerated() {
      #expect(abs(impulse[2 * bin] - expected.0) < 1e-14 && abs(impulse[2 * bin + 1] - expected.1) < 1e-14)
    }
  }

  @Test(
    "There and back is exact to double precision, at sizes with and without large factors", arguments: [2, 34, 8192])
  func roundTrip(size: Int) {
    var transform = PreciseTransform(size: size)
    let samples = SpectralTests.noise(size).map(Double.init)
    let back = transform.samples(of: transform.spectrum(of: samples[...]))
    for (a, b) in zip(back, samples) { #expect(abs(a - b) < 1e-14) }
  }
}
