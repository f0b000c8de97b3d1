public import Spectral

/// The delay between a sample's arrival and its departure, as a sum whose terms can be shown.
public struct Latency: Sendable, Equatable {
  /// What the windows and the period cost: `N_s - gcd(period, hop)` samples.
  public var framing: Int
  /// What the estimator's view into the future costs, in samples.
  public var lookAhead: Int
  /// What is kept in hand for the mask thread, in samples: whole periods.
  public var slack: Int
  /// What the operator's pin adds, in samples.
  public var padding: Int
  /// Samples a second, in Hz.
  public var rate: Int

  /// Adds up the latency of an estimator that looks `lookAheadFrames` ahead on `grid`.
  public init(grid: Grid, period: Int, rate: Int, lookAheadFrames: Int, slack: Int, padding: Int = 0) {
    framing = grid.delay(period: period)
    lookAhead = (lookAheadFrames * grid.patternSamples + grid.patternFrames - 1) / grid.patternFrames
    self.slack = slack
    self.padding = padding
    self.rate = rate
  }

  /// The declared latency in samples.
  public var samples: Int { @_noLocks get { framing + lookAhead + slack + padding } }

  /// The declared latency in seconds.
  public var seconds: Double { Double(samples) / Double(rate) }
}

extension Latency: CustomStringConvertible {
  /// The sum as an operator reads it: `768 framing + 0 look-ahead + 256 slack = 1024 samples = 23.2 ms at 44100 Hz`.
  public var description: String {
    var terms = "\(framing) framing + \(lookAhead) look-ahead + \(slack) slack"
    if padding != 0 { terms += " + \(padding) padding" }
    let milliseconds = (seconds * 10_000).rounded() / 10
    return "\(terms) = \(samples) samples = \(milliseconds) ms at \(rate) Hz"
  }
}
