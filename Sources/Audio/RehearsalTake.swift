private import Glibc

/// What a ``Rehearsal`` recorded.
public struct RehearsalTake: Sendable {
  /// The recorded samples, one array a source; sample 0 arrived in the cycle that sample 0 was played in.
  public let recorded: [[Float]]
  /// Frames a second, in hertz.
  public let sampleRate: Int
  /// The server's period in frames when the rehearsal ended.
  public let period: Int
  /// The server's frame time at the first played sample.
  public let firstFrame: UInt32
  /// The capture latency that JACK tells of each source, in frames: how long ago its sound was played.
  public let toldLatency: [ClosedRange<Int>]
  /// How often the server reported that it missed a deadline.
  public let xruns: Int
  /// Where cycles were lost or a deadline was missed, in frames from the first played sample, in order.
  public let disturbances: [Int]

  /// The frames that the way from a client back to the same client takes by itself.
  ///
  /// A server runs every client once a period, in the order of the connections; a ring of them has no order, so what
  /// this client receives is what the others made of its sound of the period before.
  public var loopFrames: Int { period }

  /// The stretches of the recording with no disturbance in them or within `margin` frames, in order.
  ///
  /// - Parameter margin: At least the frames that the device under test remembers.
  public func undisturbed(margin: Int) -> [Range<Int>] {
    var stretches: [Range<Int>] = []
    var start = 0
    let end = recorded.first?.count ?? 0
    for disturbance in disturbances + [end + margin] {
      let stop = min(disturbance - margin, end)
      if stop > start { stretches.append(start..<stop) }
      start = max(start, disturbance + margin)
    }
    return stretches
  }

  /// The delay of the device under test that the recording shows, or `nil` when too little of it was heard.
  ///
  /// Takes the loudest played channel `c` of `n`, and recorded channels `c`, `c + n`, `c + 2n` ... added up: stems of a
  /// device that splits its input, listed stem by stem, so make up the input again.
  ///
  /// - Parameter longest: The longest delay to look for, in frames.
  /// - Returns: The delay less ``loopFrames``.
  /// - Complexity: O(`longest`), about a second for one second of frames.
  public func delay(of played: [[Float]], longest: Int) -> RehearsalDelay? {
    guard
      let stretch = undisturbed(margin: longest).max(by: { $0.count < $1.count }),
      let loudest = played.indices.max(by: { energy(played[$0][...]) < energy(played[$1][...]) })
    else { return nil }
    var heard = [Float](repeating: 0, count: stretch.count)
    for channel in stride(from: loudest, to: recorded.count, by: played.count) {
      for index in heard.indices { heard[index] += recorded[channel][stretch.lowerBound + index] }
    }
    let sounded = played[loudest].dropFirst(stretch.lowerBound).prefix(stretch.count)
    let lags = loopFrames...(loopFrames + longest)
    return RehearsalDelay(of: heard, after: Array(sounded), lags: lags)?.less(loopFrames)
  }

  /// The level of both stems together less what was played, in dB full scale, or `nil` when too little of it was heard.
  ///
  /// - Parameters:
  ///   - played: Channels `c` of `n`, of which recorded channels `c` and `c + n` are the stems.
  ///   - delay: How many frames later they are heard, less ``loopFrames``.
  /// - Returns: -200 at least.
  public func remainder(of played: [[Float]], delay: Int) -> Double? {
    let shift = delay + loopFrames
    let whole = shift..<shift + (played.first?.count ?? 0)
    var sum = 0.0
    var count = 0
    // What was disturbed is heard again for as long as the device remembers: its delay, and a window at most twice that.
    for stretch in undisturbed(margin: 3 * shift) {
      let range = stretch.clamped(to: whole)
      for channel in played.indices {
        let (voice, accompaniment) = (recorded[channel], recorded[played.count + channel])
        for index in range {
          let difference = Double(voice[index]) + Double(accompaniment[index]) - Double(played[channel][index - shift])
          sum += difference * difference
        }
        count += range.count
      }
    }
    return count == 0 ? nil : max(10 * log10(sum / Double(count)), -200)
  }

  private func energy(_ samples: ArraySlice<Float>) -> Double {
    samples.reduce(0) { $0 + Double($1) * Double($1) }
  }
}
