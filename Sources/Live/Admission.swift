public import Separation
public import Spectral

/// Decides whether a preset may play under the operator's options, and with how much in hand.
public struct Admission: Sendable, Equatable {
  /// What a preset's wish to run in the callback may take of a period: other clients have to share it.
  private static let inlineShare = 0.25
  /// 50 ms: no scheduler holds a real-time thread up for longer, and what would is past helping.
  private static let longestStall = 0.05

  /// What the steps of a period may take.
  public var budget: StepBudget
  /// What the mask thread gets in hand, in samples; `nil` where the estimator runs in the callback.
  public var slack: Int?
  /// Where the estimator runs.
  public var drive: LiveOptions.Drive
  /// The latency that follows, padding included.
  public var latency: Latency

  /// Does the arithmetic for a preset on a stream.
  ///
  /// - Parameters:
  ///   - grid: The preset's frames at this rate.
  ///   - lookAheadFrames: How far its estimator looks ahead, its cadence included.
  ///   - cadence: How often the estimator takes its step: on average one may last until the next is due.
  ///   - cost: What its steps cost.
  ///   - prefersInline: Whether the preset would do without a mask thread; it does where the steps take no more than a
  ///     quarter of a period, and the operator has not decided otherwise, or pinned a latency that has room for a thread.
  ///   - rate: The rate of the stream in Hz.
  ///   - period: The server's period in samples.
  ///   - options: What the operator asked for.
  /// - Throws: ``AdmissionError``, with the arithmetic in its description.
  public init(
    grid: Grid, lookAheadFrames: Int, cadence: Cadence = Cadence(), cost: StepCost, prefersInline: Bool = false,
    rate: Int, period: Int, options: LiveOptions
  ) throws(AdmissionError) {
    let periodSeconds = Double(period) / Double(rate)
    let hopSeconds = grid.meanHop / Double(rate)
    let framesAPeriod = (periodSeconds / hopSeconds).rounded(.up)
    let steps = Int((framesAPeriod / Double(cadence.every)).rounded(.up))
    let interval = hopSeconds * Double(cadence.every)
    budget = StepBudget(
      steps: steps, bound: cost.bound(together: steps, interval: interval), period: periodSeconds)
    let isSmall = budget.stepSeconds <= periodSeconds * Self.inlineShare
    drive = options.drive ?? (prefersInline && isSmall && options.pinnedLatency == nil ? .inline : .threaded)
    if cost.mean > interval, drive != .synchronous {
      throw .slowerThanHop(cost: cost.mean, hop: hopSeconds, every: cadence.every)
    }
    switch drive {
    case .threaded:
      slack = budget.periods * period
    case .inline:
      slack = nil
      if budget.stepSeconds > periodSeconds / 2 { throw .tooSlowInline(budget) }
    case .synchronous:
      slack = nil
    }
    latency = Latency(
      grid: grid, period: period, rate: rate, lookAheadFrames: lookAheadFrames, slack: slack ?? 0)
    if let pinned = options.pinnedLatency {
      guard latency.samples <= pinned else { throw .overPinned(self, pinned: pinned) }
      // What is waited for anyhow is of most use to the mask thread: whole periods of it.
      if let own = slack {
        let more = min(pinned - latency.samples, Int(Self.longestStall * Double(rate))) / period * period
        slack = own + more
        latency.slack += more
      }
      latency.padding = pinned - latency.samples
    }
    if let bound = options.maxLatency, latency.seconds > bound { throw .overBound(self, bound: bound) }
  }
}

extension Admission: CustomStringConvertible {
  /// The arithmetic, as the operator reads it: the latency's sum, and where the slack in it comes from.
  public var description: String { slack == nil ? "\(latency)" : "\(latency); slack for \(budget)" }
}

/// Why a preset may not play under the operator's options.
public enum AdmissionError: Error, Sendable, Equatable {
  /// Steps take longer than it is until the next one; no slack can help.
  case slowerThanHop(cost: Double, hop: Double, every: Int)
  /// The steps of a period take more than half of it, and would run in the callback.
  case tooSlowInline(StepBudget)
  /// The latency is over `--max-latency`.
  case overBound(Admission, bound: Double)
  /// The latency is over `--latency`.
  case overPinned(Admission, pinned: Int)
}

extension AdmissionError: CustomStringConvertible {
  /// The arithmetic, as the operator reads it.
  public var description: String {
    switch self {
    case .slowerThanHop(let cost, let hop, let every):
      "a step of the estimator takes \(milliseconds(cost)), but "
        + (every == 1 ? "a hop lasts" : "\(every) hops last") + " \(milliseconds(hop * Double(every))): it cannot keep "
        + "up, network.every would have to be \(Int((cost / hop).rounded(.up)))"
    case .tooSlowInline(let budget):
      "\(budget.terms) a period is more than half of \(milliseconds(budget.period)): too slow for the inline drive, use "
        + "--drive threaded"
    case .overBound(let admission, let bound):
      "\(admission), over the bound of \(milliseconds(bound)) (--max-latency)"
    case .overPinned(let admission, let pinned):
      "\(admission), over the pinned latency of \(pinned) samples (--latency)"
    }
  }
}
