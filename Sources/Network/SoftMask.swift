internal import CRealtime

/// The voice's share of every bin: `|v|^e / (|v|^e + |a|^e + 1e-10)`, between 0 and 1.
///
/// From Huang et al. 2014, equation 3; `e` = 1 there. Outputs that weights have driven past all measure are bounded,
/// so that a mask is always finite.
struct SoftMask {
  let bins: Int
  let exponent: Float

  /// The mask for `2 * bins` outputs `[accompaniment | voice]`.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  func apply(_ outputs: UnsafePointer<Float>, into mask: UnsafeMutablePointer<Float>) {
    unsafe rt_soft_mask(outputs, outputs + bins, exponent, mask, bins)
  }
}
