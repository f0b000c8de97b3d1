private import Glibc

/// The four ratios of BSS-Eval in dB.
///
/// With e the estimate, s the true source, `P_s e` what filters of s alone and `P e` what filters of all sources make of
/// it, the parts of the estimate are: target s, spatial (filtering) distortion `P_s e - s`, interference `P e - P_s e`,
/// artefacts `e - P e`. Infinite where a denominator is zero.
public struct Ratios: Sendable, Equatable {
  /// Source to distortion.
  public var sdr: Double
  /// Source image to spatial distortion; `nil` in the sources version, which forgives all filtering.
  public var isr: Double?
  /// Source to interference.
  public var sir: Double
  /// Sources to artefacts.
  public var sar: Double

  /// What a silent estimate counts as, for which BSS-Eval is not defined.
  public static let silence = -100.0

  /// Puts figures together.
  public init(sdr: Double, isr: Double? = nil, sir: Double, sar: Double) {
    self.sdr = sdr
    self.isr = isr
    self.sir = sir
    self.sar = sar
  }
}

/// Ten times the logarithm of a ratio of energies; infinite over zero, as mir_eval has it.
func decibels(_ energy: Double, over other: Double) -> Double {
  other == 0 ? .infinity : 10 * log10(energy / other)
}
