/// What the steps of a period may take, as a sum whose terms can be shown.
public struct StepBudget: Sendable, Equatable {
  /// How much more than the measured bound is kept in hand.
  public static let margin = 1.25
  /// What waking a thread may take beyond the step itself, in seconds.
  public static let wakeSeconds = 0.0005

  /// The most steps that fall due together in a period.
  public var steps: Int
  /// What each of them takes at most, on average over them, as measured, in seconds: ``StepCost/bound(together:interval:)``.
  public var bound: Double
  /// The period in seconds.
  public var period: Double

  /// What the steps take with their margin, in seconds.
  public var stepSeconds: Double { Double(steps) * bound * Self.margin }
  /// What a mask thread takes, its waking included, in seconds.
  public var seconds: Double { stepSeconds + Self.wakeSeconds }
  /// How many whole periods cover that.
  public var periods: Int { Int((seconds / period).rounded(.up)) }
}

extension StepBudget: CustomStringConvertible {
  /// The sum as an operator reads it: `1 step × 0.31 ms × 1.25 + 0.5 ms to wake = 0.89 ms, within 1 period of 5.33 ms`.
  public var description: String {
    "\(terms) + \(milliseconds(Self.wakeSeconds)) to wake = \(milliseconds(seconds)), within \(periods) "
      + (periods == 1 ? "period" : "periods") + " of \(milliseconds(period))"
  }

  /// The part of the sum that the steps make up.
  var terms: String { "\(steps) \(steps == 1 ? "step" : "steps") × \(milliseconds(bound)) × \(Self.margin)" }
}

/// Seconds in milliseconds, to the hundredth.
func milliseconds(_ seconds: Double) -> String { "\((seconds * 100_000).rounded() / 100) ms" }
