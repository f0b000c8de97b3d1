internal import Glibc

/// Converts a sound from one rate to another, in memory.
///
/// A sum of `x[k] h(t - k)` with `h` a sinc under a Kaiser window of 64 zero crossings to either side: flat to 90 % of
/// the lower of the two bands, and from its edge on 100 dB down. Without delay: a sample stays at its moment.
public struct RateConversion: Sendable {
  private static let crossings = 64
  /// The middle of the edge, as a share of the lower band.
  private static let edge = 0.955
  private static let shape = 10.0

  /// For `steps` output samples the input goes on by `stride` samples.
  private let stride: Int
  private let steps: Int
  private let taps: Int
  /// The weights of an output sample's neighbours, one row for each place between two input samples.
  private let weights: [Float]

  /// Prepares to convert from a rate to another, both in Hz.
  ///
  /// - Real-time: Not real-time: allocates.
  public init(from: Int, to: Int) {
    precondition(from > 0 && to > 0, "from \(from) Hz to \(to) Hz")
    let divisor = Self.divisor(from, to)
    stride = from / divisor
    steps = to / divisor
    let band = min(1, Double(to) / Double(from)) * Self.edge
    let half = Int((Double(Self.crossings) / band).rounded(.up))
    taps = 2 * half
    guard stride != steps else {
      weights = []
      return
    }
    var weights: [Float] = []
    weights.reserveCapacity(steps * taps)
    for step in 0..<steps {
      let place = Double(step) / Double(steps)
      let row = (1 - half...half).map { tap in
        let distance = Double(tap) - place
        return Self.sinc(band * distance) * Self.window(distance / Double(half))
      }
      // So that every row lets a constant pass as it is.
      let sum = row.reduce(0, +)
      weights += row.map { Float($0 / sum) }
    }
    self.weights = weights
  }

  /// The converted samples, as many as cover the same time.
  ///
  /// - Complexity: O(n) with 134 multiplications for each output sample, more where the rate is lowered.
  public func convert(_ samples: [Float]) -> [Float] {
    guard stride != steps else { return samples }
    let margin = [Float](repeating: 0, count: taps / 2)
    let padded = margin + samples + margin
    let count = (samples.count * steps + stride - 1) / stride
    return (0..<count).map { index in
      let (first, row) = (index * stride).quotientAndRemainder(dividingBy: steps)
      var sum: Float = 0
      for tap in 0..<taps { sum += weights[row * taps + tap] * padded[first + 1 + tap] }
      return sum
    }
  }

  private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }

  /// Kaiser's window, 1 in the middle and 0 beyond -1 and 1.
  private static func window(_ x: Double) -> Double {
    x.magnitude < 1 ? bessel(shape * (1 - x * x).squareRoot()) / bessel(shape) : 0
  }

  /// The modified Bessel function of the first kind and order zero, by its series.
  private static func bessel(_ x: Double) -> Double {
    var (sum, term) = (1.0, 1.0)
    var k = 1.0
    while term > sum * 1e-17 {
      term *= (x / 2) * (x / 2) / (k * k)
      sum += term
      k += 1
    }
    return sum
  }

  private static func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
}
