internal import Evaluation

/// Everything that was measured: the one line that `--json` prints.
///
///     {"version": "0.1.0", "method": "BSS-Eval …", "clips": 4, "seconds": 28.2, "elapsed": 4.1,
///      "cost": {"reading": 0.1, "separating": 2.9, "measuring": 3.8},
///      "systems": [{"name": "svsgan", "kind": "preset", "clips": 4,
///        "voice": {"nsdr": 9.4, "sdr": 9.4, "sir": 15.5, "sar": 11.2, "images": {"sdr": 9, "isr": 16, "sir": 15, "sar": 11},
///                  "v4": {"sdr": 9, "isr": 16, "sir": 15, "sar": 11}, "usdr": 9, "siSDR": 8.9,
///                  "leakage": -31.5, "leakageSeconds": 2.1},
///        "accompaniment": {…},
///        "scores": [{"clip": "abjones_5_08", "rate": 16000, "samples": 117761, "voice": {…}, "accompaniment": {…}}]}],
///      "failures": [{"clip": "x", "system": "svsgan", "status": 65, "message": "…"}]}
///
/// Names are only ever added. Figures are dB, `null` where one is not defined or infinite. A system's `voice.nsdr`,
/// `voice.sir` and `voice.sar` are GNSDR, GSIR and GSAR; ``EvaluateFigures`` says of each figure how clips are averaged.
/// `kind` is `preset`, `estimates` or `oracle`; `system` of a failure is `null` where the clip could not be read.
/// `cost` is processor time in seconds, `elapsed` the time that went by.
struct EvaluateResult: Encodable, Sendable {
  var version: String
  var method = """
    BSS-Eval of whole clips without permutation, 512 taps: version 3 sources (nsdr, sdr, sir, sar) as mir_eval, relative \
    to the mixture and averaged by length; images as mir_eval; version 4 as museval, windows of 1 s, medians of medians
    """
  var clips: Int
  /// The length of the clips.
  var seconds: Double
  var elapsed: Double
  var cost: EvaluateCost
  var systems: [System]
  var failures: [Loss]

  /// A system and how it did.
  struct System: Encodable, Sendable {
    var name: String
    var kind: String
    /// How many clips could be measured.
    var clips: Int
    var voice: EvaluateFigures
    var accompaniment: EvaluateFigures
    var scores: [EvaluateScore]
  }

  /// A figure that is missing, and why.
  struct Loss: Encodable, Sendable {
    var clip: String
    var system: String?
    var status: Int32
    var message: String

    private enum Name: CodingKey { case clip, system, status, message }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Name.self)
      try container.encode(clip, forKey: .clip)
      try container.encode(system, forKey: .system)
      try container.encode(status, forKey: .status)
      try container.encode(message, forKey: .message)
    }
  }
}

extension EvaluateResult.System {
  /// Brings the clips of a system together.
  init(_ system: EvaluateSystem, measured: [EvaluateJob.Measured]) {
    name = system.name
    kind = system.kind
    clips = measured.count
    scores = measured.map(\.score)
    let weights = scores.map { Double($0.samples) / Double($0.rate) }
    voice = EvaluateFigures(
      scores.map(\.voice), weights: weights, leakage: measured.map(\.voiceLeakage).reduce(Leakage(), +))
    accompaniment = EvaluateFigures(
      scores.map(\.accompaniment), weights: weights,
      leakage: measured.map(\.accompanimentLeakage).reduce(Leakage(), +))
  }
}

extension EvaluateFigures {
  /// One stem of many clips.
  init(_ clips: [EvaluateFigures], weights: [Double], leakage: Leakage) {
    func weighted(_ figure: (EvaluateFigures) -> Double?) -> Double? {
      let known = zip(clips, weights).compactMap { clip, weight in figure(clip).map { ($0, weight) } }
      return mean(known.map(\.0), weights: known.map(\.1))
    }
    nsdr = weighted(\.nsdr)
    sdr = weighted(\.sdr)
    sir = weighted(\.sir)
    sar = weighted(\.sar)
    let weightOf = zip(clips, weights).filter { $0.0.images != nil }.map(\.1)
    images = Quartet(clips.compactMap(\.images)) { many, figure in
      let known = zip(many, weightOf).compactMap { one, weight in figure(one).map { ($0, weight) } }
      return mean(known.map(\.0), weights: known.map(\.1))
    }
    v4 = Quartet(clips.compactMap(\.v4)) { many, figure in median(many.compactMap(figure)) }
    usdr = mean(clips.compactMap(\.usdr))
    siSDR = mean(clips.compactMap(\.siSDR))
    self.leakage = leakage.level
    leakageSeconds = leakage.seconds
  }
}
