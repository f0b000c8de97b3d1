internal import CRealtime

/// How much later a recording is than what was played, found by cross-correlation.
public struct RehearsalDelay: Hashable, Sendable {
  /// The lag at which the two are most alike, in frames.
  public let frames: Int
  /// How alike they are there: 1 for a copy at any volume, 0 for unrelated sounds.
  public let likeness: Double

  /// The number of played samples that are looked for in the recording: 0.3 s at 48 kHz.
  private static let probeLength = 16384

  /// Looks for the loudest stretch of `played` in `recorded`, at every one of `lags`.
  ///
  /// `likeness(lag) = sum(x[n] y[n + lag]) / sqrt(sum(x[n]^2) sum(y[n + lag]^2))` over that stretch.
  ///
  /// Fails when `played` is silent or `recorded` too short.
  ///
  /// - Complexity: O(lags).
  public init?(of recorded: [Float], after played: [Float], lags: ClosedRange<Int>) {
    let length = min(Self.probeLength, played.count, recorded.count - lags.upperBound)
    guard lags.lowerBound >= 0, length > 0 else { return nil }
    let start = Self.loudest(length, of: played, upTo: recorded.count - lags.upperBound)
    let probe = Array(played[start..<start + length])
    let loudness = Self.product(probe, probe, at: 0)
    guard loudness > 0, loudness.isFinite else { return nil }

    // Quickly in single precision at every lag, then again in double where that comes near the best: low notes and
    // fading ones are like themselves a period later but for the last digits.
    var energy = Self.squares(recorded[(start + lags.lowerBound)..<(start + lags.lowerBound + length)])
    var scores: [Double] = []
    scores.reserveCapacity(lags.count)
    for lag in lags {
      scores.append(
        Double(Self.quickProduct(probe, recorded, at: start + lag)) / max(energy, .leastNormalMagnitude).squareRoot())
      let leaving = Double(recorded[start + lag])
      let entering = start + lag + length < recorded.count ? Double(recorded[start + lag + length]) : 0
      energy += entering * entering - leaving * leaving
    }
    let best = scores.max() ?? 0
    func alike(_ lag: Int) -> Double {
      let heard = Self.squares(recorded[(start + lag)..<(start + lag + length)])
      return heard > 0 ? Self.product(probe, recorded, at: start + lag) / (loudness * heard).squareRoot() : 0
    }
    let near = zip(lags, scores).filter { $1 >= best - 1e-3 * best.magnitude }.map { $0.0 }
    let exact = near.map { (lag: $0, likeness: alike($0)) }.max { $0.likeness < $1.likeness }
    guard let exact else { return nil }
    frames = exact.lag
    likeness = exact.likeness
  }

  private init(frames: Int, likeness: Double) {
    self.frames = frames
    self.likeness = likeness
  }

  /// The same with `known` frames of the way taken off.
  func less(_ known: Int) -> RehearsalDelay { RehearsalDelay(frames: frames - known, likeness: likeness) }

  /// Where the `length` samples with the most energy begin, in steps of half that length.
  private static func loudest(_ length: Int, of samples: [Float], upTo end: Int) -> Int {
    let last = min(samples.count, end) - length
    let starts = Array(stride(from: 0, through: last, by: max(length / 2, 1)))
    return starts.max { squares(samples[$0..<$0 + length]) < squares(samples[$1..<$1 + length]) } ?? 0
  }

  private static func squares(_ samples: ArraySlice<Float>) -> Double {
    samples.reduce(0) { $0 + Double($1) * Double($1) }
  }

  private static func product(_ probe: [Float], _ samples: [Float], at start: Int) -> Double {
    var sum = 0.0
    for index in probe.indices { sum += Double(probe[index]) * Double(samples[start + index]) }
    return sum
  }

  private static func quickProduct(_ probe: [Float], _ samples: [Float], at start: Int) -> Float {
    precondition(start >= 0 && start + probe.count <= samples.count)
    var result: Float = 0
    var none: Float = 0
    unsafe samples.withUnsafeBufferPointer { samples in
      guard let base = samples.baseAddress else { return }
      unsafe rt_matrix_vector(base + start, &none, probe, &result, 1, probe.count)
    }
    return result
  }
}
