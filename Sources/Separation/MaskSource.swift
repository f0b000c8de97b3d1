internal import CRealtime
internal import Spectral

/// The sound that a mask is estimated from: the mean of all channels where one mask serves them all, or one channel
/// where each has its own.
struct MaskSource: Sendable {
  /// The number of masks: 1, or as many as there are channels.
  let planes: Int
  private let channels: Int
  private let stride: Int

  /// Reads frames of `channels` spectra of `bins` bins for `planes` masks.
  init(planes: Int, channels: Int, bins: Int) {
    self.planes = planes
    self.channels = channels
    stride = Transform.stride(bins: bins)
  }

  /// Writes the complex spectrum, `count` bins, that mask `plane` is estimated from.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func spectrum(_ plane: Int, of spectra: UnsafePointer<Float>, count: Int, into target: UnsafeMutablePointer<Float>) {
    guard planes == 1 else {
      unsafe rt_copy(spectra + plane &* stride, target, 2 &* count)
      return
    }
    let factor = 1 / Float(channels)
    unsafe rt_scale(spectra, factor, target, 2 &* count)
    for channel in 1..<max(channels, 1) {
      let other = unsafe spectra + channel &* stride
      for i in 0..<2 &* count { unsafe target[i] += other[i] * factor }
    }
  }

  /// Writes the magnitudes of the first `count` bins that mask `plane` is estimated from, times `factor`.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func magnitudes(
    _ plane: Int, of spectra: UnsafePointer<Float>, count: Int, factor: Float,
    into target: UnsafeMutablePointer<Float>
  ) {
    let first = unsafe spectra + (planes == 1 ? 0 : plane &* stride)
    let summed = planes == 1 ? channels : 1
    let scale = factor / Float(summed)
    for bin in 0..<count {
      var real: Float = 0
      var imaginary: Float = 0
      for channel in 0..<summed {
        unsafe real += first[channel &* stride &+ 2 &* bin]
        unsafe imaginary += first[channel &* stride &+ 2 &* bin &+ 1]
      }
      unsafe target[bin] = rt_sqrt(real * real + imaginary * imaginary) * scale
    }
  }
}
