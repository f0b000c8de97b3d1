internal import Audio
internal import Control

/// What a rehearsal has shown; one line of `--json`.
struct RehearseResult: Encodable {
  /// How much later the stems come than the recording, in samples of the server's rate.
  struct Delay: Encodable {
    /// What JACK tells of the stems' ports.
    var told: Int
    /// What the daemon declares.
    @OrNull var declared: Int?
    /// What a cross-correlation of both stems together with what was played shows.
    @OrNull var measured: Int?
    /// How alike the two are at that lag, 1 for a copy.
    @OrNull var likeness: Double?
  }

  var input: String
  var voice: String
  var accompaniment: String
  @OrNull var preset: String?
  var sampleRate: Int
  /// The file's own rate, different where it was converted.
  var fileRate: Int
  var period: Int
  /// The length of what was played.
  var seconds: Double
  /// How often the recording was played.
  var rounds = 1
  var latency: Delay
  /// The level of voice + accompaniment - recording in dB full scale, where the server did not stumble; `null` when
  /// gains make the stems louder or softer, or it stumbled throughout.
  @OrNull var null: Double?
  /// Frames separated while it played.
  var frames: Int
  var lateFrames: Int
  /// Periods that JACK reported as missed, by the daemon's account.
  var xruns: Int
  /// Moments at which the sound was not whole: cycles lost, deadlines missed.
  var disturbances: Int
  @OrNull var load: Double?

  /// Looks at what was recorded.
  ///
  /// - Parameters:
  ///   - take: Voice first, then accompaniment.
  ///   - played: What was played, one array a channel.
  ///   - before: The daemon before the first sample.
  ///   - after: The daemon after the last.
  init(
    of sound: RehearseSound, files: StemFiles, take: RehearsalTake, before: Status, after: Status
  ) {
    let played = sound.samples
    let told = take.toldLatency.first?.upperBound ?? 0
    input = files.input
    voice = files.voice
    accompaniment = files.accompaniment
    preset = after.preset
    sampleRate = take.sampleRate
    fileRate = sound.fileRate
    period = take.period
    seconds = Double(played[0].count) / Double(take.sampleRate)
    let measured = take.delay(of: played, longest: told + 4 * take.period + 4096)
    latency = Delay(
      told: told, declared: after.latency?.samples, measured: measured?.frames, likeness: measured?.likeness)
    null = after.gains == Gains() ? take.remainder(of: played, delay: told) : nil
    frames = after.frames - before.frames
    lateFrames = after.lateFrames - before.lateFrames
    xruns = after.xruns - before.xruns
    disturbances = take.disturbances.count
    load = after.load
  }

  /// Puts rounds of the same recording together: sums of what is counted, and the worst of what is measured.
  init(of rounds: [RehearseResult]) {
    self = rounds[rounds.count - 1]
    self.rounds = rounds.count
    seconds = rounds.reduce(0) { $0 + $1.seconds }
    frames = rounds.reduce(0) { $0 + $1.frames }
    lateFrames = rounds.reduce(0) { $0 + $1.lateFrames }
    xruns = rounds.reduce(0) { $0 + $1.xruns }
    disturbances = rounds.reduce(0) { $0 + $1.disturbances }
    null = rounds.compactMap(\.null).max()
    let heard = rounds.map(\.latency).filter { $0.measured != nil }
    latency = heard.first { $0.measured != $0.told } ?? heard.last ?? latency
  }
}

extension RehearseResult {
  /// What was shown, for people.
  var words: String {
    let converted = fileRate == sampleRate ? "" : ", converted from \(fileRate) Hz"
    func samples(_ count: Int) -> String { "\(count) samples, \(milliseconds(Double(count) / Double(sampleRate)))" }
    let declared = latency.declared == latency.told ? "" : " (the daemon declares \(latency.declared ?? 0))"
    return aligned([
      (
        "played",
        "\(decimal(seconds)) s of \(input)\(rounds > 1 ? " in \(rounds) rounds" : "") at \(sampleRate) Hz, period \(period)\(converted)"
      ),
      ("preset", preset),
      ("voice", voice),
      ("accompaniment", accompaniment),
      ("latency told", samples(latency.told) + declared),
      ("latency measured", latency.measured.map(samples) ?? "too little undisturbed sound to tell"),
      ("sum of the stems", null.map { "the recording, but for \(decimal($0)) dB" } ?? "not compared"),
      ("late frames", "\(lateFrames) of \(frames)"),
      ("xruns", "\(xruns)" + (disturbances > 0 ? ", sound disturbed \(disturbances) times" : "")),
      ("load", load.map(percent)),
    ]) + "\n"
  }
}
