internal import Spectral

/// Pairs of channels as mid, (L + R) / 2, and side, (L − R) / 2: as one more linear step of the analysis, undone in the
/// synthesis, so that with masks of ones the voice is the input.
struct MidSide: Sendable {
  private let pairs: Int
  private let bins: Int
  private let stride: Int

  /// Counts the first channels of a frame as pairs.
  ///
  /// - Parameters:
  ///   - pairs: How many there are: 0 leaves every channel as it is.
  ///   - bins: The bins of a spectrum.
  init(pairs: Int, bins: Int) {
    self.pairs = pairs
    self.bins = bins
    stride = Transform.stride(bins: bins)
  }

  /// Whether a channel is one of a pair; a last single one is not.
  @_noLocks
  func contains(_ channel: Int) -> Bool { channel < 2 &* pairs }

  /// Turns the spectra of left and right, for each pair of a frame, into those of mid and side in their places.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func turn(_ spectra: UnsafeMutablePointer<Float>) {
    for pair in 0..<pairs {
      let left = unsafe spectra + 2 &* pair &* stride
      let right = unsafe left + stride
      for i in 0..<2 &* bins {
        let (l, r) = unsafe (left[i], right[i])
        unsafe left[i] = 0.5 * (l + r)
        unsafe right[i] = 0.5 * (l - r)
      }
    }
  }

  /// Writes the spectrum of the voice of one channel of a pair: masked mid plus masked side at the left, minus at the
  /// right.
  ///
  /// - Parameters:
  ///   - spectra: Mid and side of every pair, as ``turn(_:)`` leaves them.
  ///   - masks: Those of mid and side, in the same order, bins × channels.
  ///   - factor: What every mask is multiplied by.
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func voice(
    of channel: Int, from spectra: UnsafePointer<Float>, masks: UnsafePointer<Float>, factor: Float,
    into target: UnsafeMutablePointer<Float>
  ) {
    let first = channel / 2 &* 2
    let (mid, midMask) = unsafe (spectra + first &* stride, masks + first &* bins)
    let (side, sideMask) = unsafe (mid + stride, midMask + bins)
    let sign = channel == first ? factor : -factor
    for i in 0..<2 &* bins {
      unsafe target[i] = mid[i] * (midMask[i &>> 1] * factor) + side[i] * (sideMask[i &>> 1] * sign)
    }
  }
}
