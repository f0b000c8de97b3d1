internal import CRealtime
internal import Realtime
internal import Spectral

/// Takes what stands in the middle of the stereo image for the voice, as a mix engineer puts it there.
///
/// `mask = max(0, 1 - |L - R| / (|L| + |R|))^exponent` inside the band, 0 outside. Without training and without a view
/// into the past or the future; on mono everything is in the middle.
@safe
struct CentreEstimator: ~Copyable, Sendable {
  private let settings: CentreSettings
  private let bins: Int
  private let planes: Int
  private let right: Int
  private let lowest: Int
  private let highest: Int
  private let mask: SampleBuffer

  /// Prepares for spectra of `bins` bins, `binWidth` Hz apart; of more than two channels the first two count.
  init(settings: CentreSettings, planes: Int, channels: Int, bins: Int, binWidth: Double) {
    self.settings = settings
    self.bins = bins
    self.planes = planes
    right = channels > 1 ? Transform.stride(bins: bins) : 0
    lowest = min(Int((settings.lowest / binWidth).rounded(.up)), bins)
    highest = min(Int((settings.highest / binWidth).rounded(.down)), bins - 1)
    mask = SampleBuffer(count: bins)
  }

  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>) {
    guard lowest <= highest else { return }
    for bin in lowest...highest {
      let (leftReal, leftImaginary) = unsafe (spectra[2 &* bin], spectra[2 &* bin &+ 1])
      let (rightReal, rightImaginary) = unsafe (spectra[right &+ 2 &* bin], spectra[right &+ 2 &* bin &+ 1])
      let (real, imaginary) = (leftReal - rightReal, leftImaginary - rightImaginary)
      let difference = rt_sqrt(real * real + imaginary * imaginary)
      let sum =
        rt_sqrt(leftReal * leftReal + leftImaginary * leftImaginary)
        + rt_sqrt(rightReal * rightReal + rightImaginary * rightImaginary)
      unsafe mask.base[bin] = rt_pow(max(0, 1 - difference / (sum + 1e-10)), settings.exponent)
    }
  }

  @_noLocks @unsafe
  mutating func estimate(into masks: UnsafeMutablePointer<Float>) {
    for plane in 0..<planes { unsafe rt_copy(mask.base, masks + plane &* bins, bins) }
  }
}
