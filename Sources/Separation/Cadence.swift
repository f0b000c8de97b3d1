/// How often an estimator takes its step, and what stands for the frames between.
///
/// For estimators that cost more than a hop lasts. Every frame is still observed, so that context and level miss
/// nothing; but the state of a recurrent network moves on only with a step, so that such a network hears time pass
/// `every` times as fast as it was trained to.
public struct Cadence: Sendable, Equatable {
  /// What stands for a frame without an estimate of its own.
  public enum Between: String, Sendable, CaseIterable {
    /// The last estimate: no extra latency, and up to ``Cadence/every`` - 1 frames old.
    case hold
    /// The way in a straight line from the last estimate to the next, which is waited for.
    case interpolate
  }

  /// A step is taken at every so many frames, 1 or more.
  public var every: Int
  /// What stands for the frames between.
  public var between: Between

  /// An estimate for every frame unless told otherwise.
  public init(every: Int = 1, between: Between = .hold) {
    precondition(every > 0, "an estimate every \(every) frames")
    self.every = every
    self.between = between
  }

  /// How many frames after a frame the next estimate is known that its mask needs.
  public var lookAhead: Int {
    switch between {
    case .hold: 0
    case .interpolate: every - 1
    }
  }
}

extension Cadence: CustomStringConvertible {
  /// The cadence as an operator reads it: `every 4th frame, held between`.
  public var description: String {
    guard every > 1 else { return "every frame" }
    let ending = every % 100 / 10 == 1 ? "th" : [1: "st", 2: "nd", 3: "rd"][every % 10] ?? "th"
    let between =
      switch between {
      case .hold: "held between"
      case .interpolate: "interpolated between"
      }
    return "every \(every)\(ending) frame, \(between)"
  }
}
