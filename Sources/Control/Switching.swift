/// What `use` promises: the result comes at once, the switch as an event of kind `switched` or `refused`.
public struct Switching: Codable, Sendable, Equatable {
  /// The preset asked for.
  public var preset: String
  /// Whether the daemon has begun to prepare it.
  public var accepted: Bool
  /// The latency it will have, when that is known already.
  @OrNull public var latency: Latency?
  /// Why its mask thread has as much of that in hand as it has, when that is known already.
  @OrNull public var budget: StepBudget?
  /// `switching`, or `running` when it is the one that is heard.
  public var state: String

  /// A switch that has begun.
  public init(
    preset: String, accepted: Bool = true, latency: Latency? = nil, budget: StepBudget? = nil,
    state: String = "switching"
  ) {
    self.preset = preset
    self.accepted = accepted
    self.latency = latency
    self.budget = budget
    self.state = state
  }
}
