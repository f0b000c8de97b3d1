internal import CRealtime
internal import Realtime
public import Separation

/// What one step of an estimator costs on this machine, measured as a daemon meets it.
///
/// A tight loop understates the cost by a factor of two to three, since the weights stay in the caches; between two
/// calls of a daemon other programs have been there. Processor time is counted, not time on the wall: the mask thread
/// has priority over whatever made the machine busy while this was measured.
public struct StepCost: Sendable, Equatable {
  /// The median in seconds.
  public var median: Double
  /// What 99 of 100 steps did not exceed, in seconds.
  public var p99: Double
  /// The bound that the latency is computed with, in seconds: the median over rounds of the longest step in a round,
  /// so that one hiccup of the machine does not decide the latency until the next start.
  public var bound: Double

  /// A cost that was measured elsewhere.
  public init(median: Double, p99: Double, bound: Double) {
    self.median = median
    self.p99 = p99
    self.bound = bound
  }

  /// Measures as ``measure(settings:rate:channels:rounds:)`` does, on a thread of its own.
  static func measured(settings: SeparatorSettings, rate: Int, channels: Int) async -> StepCost {
    await onOwnThread { measure(settings: settings, rate: rate, channels: channels) }
  }

  /// Measures the estimator of `settings`, with the caches disturbed between the steps.
  ///
  /// - Parameters:
  ///   - settings: What the preset says.
  ///   - rate: The rate of the stream in Hz.
  ///   - channels: The number of channels.
  ///   - rounds: Rounds of 24 steps each, or of as many as a network's layers take until all have run.
  /// - Real-time: Not real-time: allocates, and takes about 0.1 s a round of 24.
  public static func measure(settings: SeparatorSettings, rate: Int, channels: Int, rounds: Int = 5) -> StepCost {
    let parts = SeparatorParts(
      settings: settings, rate: rate, channels: channels, period: 256, slack: 0, request: Wake(), arrival: Wake())
    var estimation = parts.estimation
    let others = SampleBuffer(count: 10 << 20)
    var longest: [Double] = []
    var all: [Double] = []
    for _ in 0..<settings.lookAhead + 4 { estimation?.rehearse() }
    for _ in 0..<rounds {
      var round: [Double] = []
      for _ in 0..<max(24, settings.cycle) {
        disturb(others)
        let begin = rt_thread_time()
        estimation?.rehearse()
        round.append(Double(rt_thread_time() - begin) * 1e-9)
      }
      longest.append(round.max() ?? 0)
      all += round
    }
    all.sort()
    longest.sort()
    return StepCost(
      median: all[all.count / 2], p99: all[all.count * 99 / 100], bound: longest[longest.count / 2])
  }

  /// Walks over 40 MB, as other programs do between two hops, in pieces small enough not to go past the caches.
  private static func disturb(_ memory: borrowing SampleBuffer) {
    let piece = 4096
    for start in stride(from: 0, to: memory.count - piece, by: piece) { unsafe rt_clear(memory.base + start, piece) }
  }
}
