/// How well the daemon keeps up; counts are since the daemon's start.
public struct Statistics: Codable, Sendable, Equatable {
  /// What the daemon is doing.
  public var state: Status.State
  /// The preset that is heard.
  @OrNull public var preset: String?
  /// Frames separated.
  public var frames: Int
  /// Frames whose mask came too late.
  public var lateFrames: Int
  /// Periods that JACK reported as missed.
  public var xruns: Int
  /// Input samples that were no finite numbers and were taken as zero.
  public var nonFinite: Int
  /// How long the estimator's latest steps took.
  @OrNull public var step: StepTimes?
  /// The share of its time that the mask thread computes, 0 to 1.
  @OrNull public var load: Double?

  /// The part of a status that changes by itself.
  public init(_ status: Status) {
    state = status.state
    frames = status.frames
    lateFrames = status.lateFrames
    xruns = status.xruns
    nonFinite = status.nonFinite
    preset = status.preset
    step = status.step
    load = status.load
  }
}
