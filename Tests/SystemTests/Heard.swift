import Audio

/// What came out of a daemon, beside what went into it.
struct Heard {
  let played: [[Float]]
  let take: RehearsalTake

  /// Longer than a daemon's memory, and than a server takes to say that it missed a deadline.
  var margin = 24_000

  var voice: [[Float]] { Array(take.recorded.prefix(played.count)) }
  var accompaniment: [[Float]] { Array(take.recorded.dropFirst(played.count)) }

  /// Where no cycle was lost.
  var stretches: [Range<Int>] { take.undisturbed(margin: margin) }

  /// How much of the recording can be judged, in frames.
  var usable: Int { stretches.reduce(0) { $0 + $1.count } }

  /// The stems added up again.
  func sum(_ channel: Int) -> [Float] {
    mixed(take.recorded[channel], take.recorded[played.count + channel])
  }

  /// The stems added up less what was played `latency` frames before, where no cycle was lost: the peak in dB.
  ///
  /// - Parameter range: Where to look; everywhere if left out.
  func residue(latency: Int, in range: Range<Int>? = nil, loop: Int? = nil) -> Double {
    (0..<played.count).map { channel in
      residue(of: sum(channel), from: played[channel], latency: latency, in: range, loop: loop)
    }.max() ?? 0
  }

  /// The same for one signal that should be the played one.
  func residue(
    of heard: [Float], from played: [Float], latency: Int, in range: Range<Int>? = nil, loop: Int? = nil
  ) -> Double {
    let delay = latency + (loop ?? take.loopFrames)
    let late = [Float](repeating: 0, count: delay) + played
    let rests = stretches.map { $0.clamped(to: range ?? 0..<heard.count) }.filter { !$0.isEmpty }.map { stretch in
      peak(difference(heard[stretch], late[stretch.clamped(to: 0..<late.count)])[...])
    }
    return rests.max() ?? .infinity
  }
}
