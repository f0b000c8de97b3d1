/// The energies of the parts of an estimate, summed sample by sample.
struct Energies {
  /// Of the true source s.
  private(set) var source = 0.0
  /// Of `P_s e`.
  private(set) var filtered = 0.0
  /// Of `P e`.
  private(set) var projected = 0.0
  /// Of `P_s e - s`.
  private(set) var spatial = 0.0
  /// Of `P e - P_s e`.
  private(set) var interference = 0.0
  /// Of `e - P e`.
  private(set) var artefacts = 0.0
  /// Of `e - P_s e`.
  private(set) var distortion = 0.0
  /// Of `e - s`.
  private(set) var error = 0.0

  /// Adds a sample of s, e, `P_s e` and `P e`.
  @inline(__always)
  mutating func add(source s: Double, estimate e: Double, alone: Double, joint: Double) {
    source += s * s
    filtered += alone * alone
    projected += joint * joint
    spatial += (alone - s) * (alone - s)
    interference += (joint - alone) * (joint - alone)
    artefacts += (e - joint) * (e - joint)
    distortion += (e - alone) * (e - alone)
    error += (e - s) * (e - s)
  }

  /// `bss_eval_sources` of version 3.
  var sources: Ratios {
    Ratios(
      sdr: decibels(filtered, over: distortion), sir: decibels(filtered, over: interference),
      sar: decibels(projected, over: artefacts))
  }

  /// `bss_eval_images` of version 3; on windows, version 4.
  var images: Ratios {
    Ratios(
      sdr: decibels(source, over: error), isr: decibels(source, over: spatial),
      sir: decibels(filtered, over: interference), sar: decibels(projected, over: artefacts))
  }
}
