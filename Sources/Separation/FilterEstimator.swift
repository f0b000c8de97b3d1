internal import Realtime
internal import Spectral

/// Takes what a fixed filter makes of the mixture for the voice, and so returns a complex spectrum that is known exactly.
///
/// No preset names it: it measures the way of complex estimates, as ``PassthroughEstimator`` does that of masks.
@safe
struct FilterEstimator: ~Copyable, Sendable {
  let lookAhead: Int
  private let planes: Int
  private let bins: Int
  private let stride: Int
  private let response: SampleBuffer
  private let spectra: SpectrumLine
  private var observed = 0

  /// Prepares a filter a plane, the first channel's plane first; a single plane filters a single channel.
  ///
  /// - Parameters:
  ///   - response: Complex bins × planes.
  ///   - lookAhead: For how many frames it pretends to need the future.
  init(response: [Float], planes: Int, bins: Int, lookAhead: Int = 0) {
    precondition(response.count == 2 * planes * bins, "\(response.count) floats for \(planes) filters of \(bins) bins")
    self.planes = planes
    self.bins = bins
    self.lookAhead = lookAhead
    stride = Transform.stride(bins: bins)
    self.response = SampleBuffer(response)
    spectra = SpectrumLine(frames: lookAhead + 1, channels: planes, bins: bins)
  }

  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>) {
    for plane in 0..<planes {
      let target = unsafe self.spectra.spectrum(frame: observed, channel: plane)
      for i in 0..<2 &* bins { unsafe target[i] = spectra[plane &* stride &+ i] }
    }
    observed &+= 1
  }

  @_noLocks @unsafe
  func estimate(into voice: UnsafeMutablePointer<Float>) {
    for plane in 0..<planes {
      let source = unsafe spectra.spectrum(frame: observed &- 1 &- lookAhead, channel: plane)
      let (filter, target) = unsafe (response.base + plane &* 2 &* bins, voice + plane &* 2 &* bins)
      for bin in 0..<bins {
        let (a, b) = unsafe (source[2 &* bin], source[2 &* bin &+ 1])
        let (c, d) = unsafe (filter[2 &* bin], filter[2 &* bin &+ 1])
        unsafe target[2 &* bin] = a * c - b * d
        unsafe target[2 &* bin &+ 1] = a * d + b * c
      }
    }
  }
}
