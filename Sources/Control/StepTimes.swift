/// How long the estimator's latest steps took, in seconds.
public struct StepTimes: Codable, Sendable, Equatable {
  /// Half of them took less.
  public var median: Double
  /// All but one in a hundred took less.
  public var p99: Double
  /// The longest.
  public var max: Double
  /// How many there were since the preset took over; `null` where the estimator runs in the callback.
  @OrNull public var count: Int?

  /// Puts the four together.
  public init(median: Double, p99: Double, max: Double, count: Int? = nil) {
    self.median = median
    self.p99 = p99
    self.max = max
    self.count = count
  }
}
