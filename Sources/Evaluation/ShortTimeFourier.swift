internal import Glibc
internal import Spectral

/// Frames of a whole signal in double precision: square-root Hann windows of 1024 samples every 256.
///
/// Frame k ends before sample `(k + 1) · 256`, as in a stream; the signal is zero outside its length.
struct ShortTimeFourier: ~Copyable {
  static let (size, hop) = (1024, 256)
  static var bins: Int { size / 2 + 1 }

  private let window = (0..<size).map { sin(Double.pi * Double($0) / Double(size)) }
  private var transform = PreciseTransform(size: size)

  /// The frames that touch `samples` samples.
  static func frames(of samples: Int) -> Int { (samples + size - 1) / hop }

  /// The spectrum of a frame, real and imaginary parts by turns.
  mutating func spectrum(of signal: [Float], frame: Int) -> [Double] {
    let start = (frame + 1) * Self.hop - Self.size
    let (first, end) = (max(start, 0), min(start + Self.size, signal.count))
    guard first < end else { return [Double](repeating: 0, count: Self.size + 2) }
    let values = (first..<end).map { Double(signal[$0]) * window[$0 - start] }
    return transform.spectrum(of: values[...], at: first - start)
  }

  /// Adds a frame to a signal that is to be what was analysed: windowed again, and halved, because the squares of the
  /// windows add up to two.
  mutating func add(_ spectrum: [Double], frame: Int, to signal: inout [Double]) {
    let samples = transform.samples(of: spectrum)
    let start = (frame + 1) * Self.hop - Self.size
    for index in max(start, 0)..<max(min(start + Self.size, signal.count), max(start, 0)) {
      signal[index] += samples[index - start] * window[index - start] / 2
    }
  }
}
