internal import Spectral

/// A mask that knows both sources, as a bound for every system that masks the mixture's spectrum.
///
/// For each channel alone, on square-root Hann windows of 1024 samples every 256 at the clip's rate.
public enum OracleMask: String, Sendable, CaseIterable {
  /// The ideal ratio mask `|v| / (|v| + |a|)`.
  case ratio
  /// The ideal binary mask: one where `|v| > |a|`.
  case binary
  /// The Wiener filter `|v|² / (|v|² + |a|²)`.
  case wiener

  /// The voice and the accompaniment that the mask gives; the two add up to the mixture.
  ///
  /// All signals are channels by samples and have the same shape.
  ///
  /// - Real-time: Not real-time: allocates.
  public func separate(
    _ mixture: [[Float]], voice: [[Float]], accompaniment: [[Float]]
  ) -> (voice: [[Float]], accompaniment: [[Float]]) {
    var frames = ShortTimeFourier()
    var stems: (voice: [[Float]], accompaniment: [[Float]]) = ([], [])
    for (channel, samples) in mixture.enumerated() {
      var sum = [Double](repeating: 0, count: samples.count)
      for frame in 0..<ShortTimeFourier.frames(of: samples.count) {
        let voice = frames.spectrum(of: voice[channel], frame: frame)
        let accompaniment = frames.spectrum(of: accompaniment[channel], frame: frame)
        var masked = frames.spectrum(of: samples, frame: frame)
        for real in stride(from: 0, to: masked.count, by: 2) {
          let mask = value(
            voice[real] * voice[real] + voice[real + 1] * voice[real + 1],
            accompaniment[real] * accompaniment[real] + accompaniment[real + 1] * accompaniment[real + 1])
          masked[real] *= mask
          masked[real + 1] *= mask
        }
        frames.add(masked, frame: frame, to: &sum)
      }
      stems.voice.append(sum.map(Float.init))
      stems.accompaniment.append(zip(samples, stems.voice[channel]).map { $0 - $1 })
    }
    return stems
  }

  /// The mask for powers of voice and accompaniment.
  private func value(_ voice: Double, _ accompaniment: Double) -> Double {
    guard voice + accompaniment > 0 else { return 0 }
    switch self {
    case .ratio: return voice.squareRoot() / (voice.squareRoot() + accompaniment.squareRoot())
    case .binary: return voice > accompaniment ? 1 : 0
    case .wiener: return voice / (voice + accompaniment)
    }
  }
}
