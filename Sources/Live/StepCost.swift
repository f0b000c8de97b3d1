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
  /// What each step takes at most, in seconds, until what they cost repeats itself, in the order that they come in.
  ///
  /// Never empty. Of each step the median over rounds of the longest in a round, so that one hiccup of the machine does not
  /// decide the latency until the next start.
  public var cycle: [Double]

  /// A cost that was measured elsewhere.
  public init(median: Double, p99: Double, cycle: [Double]) {
    precondition(!cycle.isEmpty, "a cycle of no steps")
    self.median = median
    self.p99 = p99
    self.cycle = cycle
  }

  /// The longest step, in seconds.
  public var longest: Double { cycle.max() ?? 0 }
  /// What the steps of a cycle take on average, in seconds.
  public var mean: Double { cycle.reduce(0, +) / Double(cycle.count) }

  /// The bound that the latency is computed with, in seconds a step: what is left to do at most when `together` steps have
  /// fallen due, the unfinished ones of before among them, shared out over as many.
  ///
  /// Where every step costs the same, and less than the time until the next, that is what a step costs. Where they do not, as
  /// in networks with layers that seldom run, the steps beside a long one have less to do.
  ///
  /// - Parameters:
  ///   - together: How many steps fall due at once, 1 or more.
  ///   - interval: The time from step to step in seconds, more than ``mean``.
  func bound(together: Int, interval: Double) -> Double {
    var most = 0.0
    for first in cycle.indices {
      var sum = 0.0
      for number in 1...max(cycle.count, together) {
        sum += cycle[(first + number - 1) % cycle.count]
        most = max(most, sum - Double(max(number - together, 0)) * interval)
      }
    }
    return most / Double(together)
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
  ///   - rounds: Rounds of 24 steps each or more: of as many as a network's layers take until all have run, or a multiple of it.
  /// - Real-time: Not real-time: allocates, and takes about 0.1 s a round of 24.
  public static func measure(settings: SeparatorSettings, rate: Int, channels: Int, rounds: Int = 5) -> StepCost {
    let parts = SeparatorParts(
      settings: settings, rate: rate, channels: channels, period: 256, slack: 0, request: Wake(), arrival: Wake())
    var estimation = parts.estimation
    let others = SampleBuffer(count: 10 << 20)
    var measured = [[Double]](repeating: [], count: rounds)
    for _ in 0..<settings.lookAhead + 4 { estimation?.rehearse() }
    let cycle = settings.cycle
    let steps = (24 + cycle - 1) / cycle * cycle
    for round in measured.indices {
      for _ in 0..<steps {
        disturb(others)
        let begin = rt_thread_time()
        estimation?.rehearse()
        measured[round].append(Double(rt_thread_time() - begin) * 1e-9)
      }
    }
    let all = measured.joined().sorted()
    let longest = (0..<cycle).map { place in
      let found = measured.map { round in stride(from: place, to: steps, by: cycle).map { round[$0] }.max() ?? 0 }
      return found.sorted()[found.count / 2]
    }
    return StepCost(median: all[all.count / 2], p99: all[all.count * 99 / 100], cycle: longest)
  }

  /// Walks over 40 MB, as other programs do between two hops, in pieces small enough not to go past the caches.
  private static func disturb(_ memory: borrowing SampleBuffer) {
    let piece = 4096
    for start in stride(from: 0, to: memory.count - piece, by: piece) { unsafe rt_clear(memory.base + start, piece) }
  }
}
