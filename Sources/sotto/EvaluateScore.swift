internal import Evaluation

/// What was measured of one system on one clip.
struct EvaluateScore: Encodable, Sendable {
  var clip: String
  var rate: Int
  /// The clip's length in samples: over the rate its weight in GNSDR, GSIR and GSAR.
  var samples: Int
  var voice: EvaluateFigures
  var accompaniment: EvaluateFigures

  /// Both stems, by name.
  var stems: [(name: String, figures: EvaluateFigures)] {
    [("voice", voice), ("accompaniment", accompaniment)]
  }
}

/// The figures of one stem in dB, of a clip or of many.
///
/// `null` in JSON where one is not defined or not finite.
struct EvaluateFigures: Encodable, Sendable {
  /// BSS-Eval version 3, sources; over many clips the means weighted by their lengths.
  var nsdr: Double?
  var sdr: Double?
  var sir: Double?
  var sar: Double?
  /// BSS-Eval version 3, images; over many clips weighted means.
  var images: Quartet?
  /// BSS-Eval version 4; of a clip the medians over its windows, over many clips the medians of these.
  var v4: Quartet?
  /// `|s|² / |s - e|²`; over many clips the plain mean.
  var usdr: Double?
  /// Scale-invariant SDR; over many clips the plain mean.
  var siSDR: Double?
  /// The stem's level where its source is silent, relative to the mixture there; over many clips one ratio of all.
  var leakage: Double?
  /// How long those stretches are together.
  var leakageSeconds = 0.0

  struct Quartet: Encodable, Sendable {
    var sdr: Double?
    var isr: Double?
    var sir: Double?
    var sar: Double?

    init(_ ratios: Ratios) {
      (sdr, isr, sir, sar) = (ratios.sdr.ifFinite, ratios.isr?.ifFinite, ratios.sir.ifFinite, ratios.sar.ifFinite)
    }

    /// Each ratio of many, brought together by `average`.
    init?(_ many: [Quartet], _ average: ([Quartet], (Quartet) -> Double?) -> Double?) {
      guard !many.isEmpty else { return nil }
      sdr = average(many, \.sdr)
      isr = average(many, \.isr)
      sir = average(many, \.sir)
      sar = average(many, \.sar)
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Name.self)
      try container.encode(sdr, forKey: .sdr)
      try container.encode(isr, forKey: .isr)
      try container.encode(sir, forKey: .sir)
      try container.encode(sar, forKey: .sar)
    }

    private enum Name: CodingKey { case sdr, isr, sir, sar }
  }

  /// Every name is there, whether or not it has a value: scripts need not ask twice.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    try container.encode(nsdr, forKey: .nsdr)
    try container.encode(sdr, forKey: .sdr)
    try container.encode(sir, forKey: .sir)
    try container.encode(sar, forKey: .sar)
    try container.encode(images, forKey: .images)
    try container.encode(v4, forKey: .v4)
    try container.encode(usdr, forKey: .usdr)
    try container.encode(siSDR, forKey: .siSDR)
    try container.encode(leakage, forKey: .leakage)
    try container.encode(leakageSeconds, forKey: .leakageSeconds)
  }

  private enum Name: CodingKey { case nsdr, sdr, sir, sar, images, v4, usdr, siSDR, leakage, leakageSeconds }
}

extension EvaluateFigures {
  /// One stem of one clip.
  ///
  /// - Parameter mixture: The SDR of the mixture as an estimate of this source.
  init(_ figures: SourceFigures, mixture: Double, siSDR: Double, leakage: Leakage) {
    nsdr = (figures.sources.sdr - mixture).ifFinite
    sdr = figures.sources.sdr.ifFinite
    sir = figures.sources.sir.ifFinite
    sar = figures.sources.sar.ifFinite
    images = Quartet(figures.images)
    v4 = figures.medians.map(Quartet.init)
    usdr = figures.images.sdr.ifFinite
    self.siSDR = siSDR.ifFinite
    self.leakage = leakage.level
    leakageSeconds = leakage.seconds
  }
}

extension Double {
  /// JSON has no word for what is not finite.
  var ifFinite: Double? { isFinite ? self : nil }
}
