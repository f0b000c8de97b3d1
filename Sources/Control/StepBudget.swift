/// Why a mask thread has as much in hand as it has: `steps · bound · margin + wake = seconds`, in whole periods.
public struct StepBudget: Codable, Sendable, Equatable {
  /// The most steps that fall due together in a period.
  public var steps: Int
  /// What each of them takes at most, on average over them, as measured on this machine, in seconds.
  public var bound: Double
  /// How much more than that is kept in hand.
  public var margin: Double
  /// What waking the thread may take, in seconds.
  public var wake: Double
  /// The sum, in seconds.
  public var seconds: Double
  /// How many periods cover it.
  public var periods: Int

  /// Puts a sum together.
  public init(steps: Int, bound: Double, margin: Double, wake: Double, seconds: Double, periods: Int) {
    self.steps = steps
    self.bound = bound
    self.margin = margin
    self.wake = wake
    self.seconds = seconds
    self.periods = periods
  }
}
