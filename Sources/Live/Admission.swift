public import Separation
public import Spectral

/// Decides whether a preset may play under the operator's options, and with how much in hand (DESIGN 3).
public struct Admission: Sendable, Equatable {
  /// How much more than the measured bound is kept in hand.
  static let margin = 1.25
  /// What waking a thread may take beyond the step itself, in seconds.
  static let wakeSeconds = 0.0005

  /// What the mask thread gets in hand, in samples; `nil` where the estimator runs in the callback.
  public var slack: Int?
  /// The latency that follows, padding included.
  public var latency: Latency

  /// Does the arithmetic for a preset on a stream.
  ///
  /// - Parameters:
  ///   - grid: The preset's frames at this rate.
  ///   - lookAheadFrames: How far its estimator looks ahead.
  ///   - cost: What a step costs.
  ///   - rate: The rate of the stream in Hz.
  ///   - period: The server's period in samples.
  ///   - options: What the operator asked for.
  /// - Throws: ``AdmissionError``, with the arithmetic in its description.
  public init(
    grid: Grid, lookAheadFrames: Int, cost: StepCost, rate: Int, period: Int, options: LiveOptions
  ) throws(AdmissionError) {
    let periodSeconds = Double(period) / Double(rate)
    let hopSeconds = grid.meanHop / Double(rate)
    let framesAPeriod = (periodSeconds / hopSeconds).rounded(.up)
    if cost.bound > hopSeconds, options.drive != .synchronous {
      throw .slowerThanHop(cost: cost.bound, hop: hopSeconds)
    }
    let needed = framesAPeriod * cost.bound * Self.margin
    switch options.drive {
    case .threaded:
      slack = Int(((needed + Self.wakeSeconds) / periodSeconds).rounded(.up)) * period
    case .inline:
      slack = nil
      if needed > periodSeconds / 2 {
        throw .tooSlowInline(frames: Int(framesAPeriod), cost: cost.bound, period: periodSeconds)
      }
    case .synchronous:
      slack = nil
    }
    latency = Latency(
      grid: grid, period: period, rate: rate, lookAheadFrames: lookAheadFrames, slack: slack ?? 0)
    if let pinned = options.pinnedLatency {
      guard latency.samples <= pinned else { throw .overPinned(latency, pinned: pinned) }
      latency.padding = pinned - latency.samples
    }
    if let bound = options.maxLatency, latency.seconds > bound { throw .overBound(latency, bound: bound) }
  }
}

/// Why a preset may not play under the operator's options.
public enum AdmissionError: Error, Sendable, Equatable {
  /// A step takes longer than a hop lasts; no slack can help.
  case slowerThanHop(cost: Double, hop: Double)
  /// The steps of a period take more than half of it, and would run in the callback.
  case tooSlowInline(frames: Int, cost: Double, period: Double)
  /// The latency is over `--max-latency`.
  case overBound(Latency, bound: Double)
  /// The latency is over `--latency`.
  case overPinned(Latency, pinned: Int)
}

extension AdmissionError: CustomStringConvertible {
  /// The arithmetic, as the operator reads it.
  public var description: String {
    switch self {
    case .slowerThanHop(let cost, let hop):
      "a step of the estimator takes \(milliseconds(cost)), but a hop lasts \(milliseconds(hop)): it cannot keep up"
    case .tooSlowInline(let frames, let cost, let period):
      "\(frames) × \(milliseconds(cost)) × \(Admission.margin) a period is more than half of \(milliseconds(period)): "
        + "too slow for the inline drive, use --drive threaded"
    case .overBound(let latency, let bound):
      "\(latency), over the bound of \(milliseconds(bound)) (--max-latency)"
    case .overPinned(let latency, let pinned):
      "\(latency), over the pinned latency of \(pinned) samples (--latency)"
    }
  }
}

private func milliseconds(_ seconds: Double) -> String { "\((seconds * 100_000).rounded() / 100) ms" }
