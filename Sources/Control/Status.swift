/// Everything there is to know about a running daemon: the result of `status`.
public struct Status: Codable, Sendable, Equatable {
  /// What the daemon is doing.
  public struct State: RawRepresentable, Codable, Sendable, Hashable {
    /// The state in words.
    public var rawValue: String
    /// Any state, also one that a newer daemon has added.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Preparing its first preset.
    public static let starting = State(rawValue: "starting")
    /// There is no JACK server, or it went away.
    public static let waiting = State(rawValue: "waiting for JACK")
    /// Sound runs through.
    public static let running = State(rawValue: "running")
    /// Fading out and leaving.
    public static let stopping = State(rawValue: "stopping")
  }

  /// What the daemon is doing.
  public var state: State = .starting
  /// Whether nothing is connected to the inputs, so that nothing is estimated.
  public var idle = false
  /// The preset that is heard.
  @OrNull public var preset: String?
  /// The preset that is being prepared or faded to.
  @OrNull public var switching: String?
  /// The preset that the operator wants, while its fallback is heard since the machine was too slow for it.
  @OrNull public var wanted: String?
  /// How masks meet sound: `threaded`, `inline` or `synchronous`.
  @OrNull public var drive: String?
  /// JACK's rate in hertz.
  @OrNull public var sampleRate: Int?
  /// JACK's period in samples.
  @OrNull public var period: Int?
  /// Channels of the input and of each stem.
  @OrNull public var channels: Int?
  /// The declared latency from input to stems.
  @OrNull public var latency: Latency?
  /// The part of the latency that waits for the mask thread, in samples.
  @OrNull public var slack: Int?
  /// Why the slack is as long as that.
  @OrNull public var budget: StepBudget?
  /// How many frames after a frame its mask is known.
  @OrNull public var lookAhead: Int?
  /// The estimator takes its step at every so many frames.
  @OrNull public var every: Int?
  /// What stands for the frames between: `hold` or `interpolate`; `null` when there are none between.
  @OrNull public var between: String?
  /// Frames separated since the start.
  public var frames = 0
  /// Frames whose mask came too late.
  public var lateFrames = 0
  /// What is done about lateness just now: `on time`, `holding`, `faded`.
  @OrNull public var lateState: String?
  /// Periods that JACK reported as missed.
  public var xruns = 0
  /// Input samples that were no finite numbers and were taken as zero.
  public var nonFinite = 0
  /// Whether the mask thread got its real-time priority.
  public var realtime = false
  /// Whether JACK's own thread has real-time priority.
  public var audioRealtime = false
  /// How long the estimator's latest steps took.
  @OrNull public var step: StepTimes?
  /// The share of its time that the mask thread computes, 0 to 1.
  @OrNull public var load: Double?
  /// The stems' gains.
  public var gains = Gains()
  /// Whether the input goes through unseparated.
  public var bypass = false
  /// Where masks change from accompaniment to voice; `null` where they are soft.
  @OrNull public var threshold: Double?
  /// The granted name of the JACK client.
  @OrNull public var client: String?
  /// The name of the JACK server.
  @OrNull public var server: String?
  /// The daemon's process.
  public var pid = 0
  /// The daemon's version.
  public var version = ""
  /// Seconds since the daemon's start.
  public var uptime = 0.0
  /// The last thing that went wrong, in words.
  @OrNull public var lastError: String?

  /// A daemon that has just started; everything else is set afterwards.
  public init(pid: Int, version: String) {
    self.pid = pid
    self.version = version
  }
}
