public import Separation

/// How the live path stands at a moment, for a status report.
public struct LiveSituation: Sendable {
  /// The preset on air, or to be on air once there is a server.
  public var preset: String
  /// The preset being prepared, if any.
  public var next: String?
  /// The preset that the operator wants while its fallback is heard, since the machine was too slow for it.
  public var wanted: String?
  /// Where the estimator runs; `nil` without a server.
  public var drive: LiveOptions.Drive?
  /// How often the estimator takes its step.
  public var cadence: Cadence
  /// What the steps of a period may take; `nil` without a server, and without a mask thread.
  public var budget: StepBudget?
  /// Why the last refused preset was refused, until another one has taken over.
  public var refusal: String?
  /// The preset that the operator asked for last.
  public var operatorsPreset: String { wanted ?? preset }
  /// The latency in force; `nil` without a server.
  public var latency: Latency?
  /// The share of its time, over the last seconds, that the audio thread and the mask thread work.
  public var load: Double?
  /// Where masks change from accompaniment to voice; `nil` where they are soft.
  public var threshold: Float?
  /// How many frames the estimator looks ahead.
  public var lookAheadFrames: Int
  /// The server's rate in Hz.
  public var rate: Int?
  /// The server's period in samples.
  public var period: Int?
  /// Whether the mask thread got its real-time priority; `nil` without a mask thread.
  public var isMaskThreadRealtime: Bool?
  /// What the estimator's steps take.
  public var steps: StepFigures?
}

/// What an estimator's steps take, in seconds.
public struct StepFigures: Sendable, Equatable {
  /// The median.
  public var median: Double
  /// What 99 of 100 did not exceed.
  public var p99: Double
  /// The longest.
  public var longest: Double
  /// How many there were; `nil` where the estimator runs in the callback.
  public var count: Int?
}
