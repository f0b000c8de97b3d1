internal import Glibc
internal import Spectral

/// The spectrum of a signal over time, as a picture of some columns and rows, the lowest frequency in the first row.
public struct Spectrogram: Sendable, Equatable {
  /// Moments.
  public let columns: Int
  /// Bands.
  public let rows: Int
  /// Powers, row after row: the greatest of all frames and bins that fall into a point.
  public let powers: [Double]

  /// Analyses a signal of channels by samples at `rate` Hz up to `highest` Hz; channels are summed by power.
  ///
  /// - Real-time: Not real-time: allocates.
  public init(of signal: [[Float]], rate: Int, highest: Double, columns: Int, rows: Int) {
    var frames = ShortTimeFourier()
    let count = ShortTimeFourier.frames(of: signal.first?.count ?? 0)
    let share = min(highest / (Double(rate) / 2), 1)
    let bins = max(Int(Double(ShortTimeFourier.bins - 1) * share), 1)
    let (columns, rows) = (max(min(columns, count), 1), max(min(rows, bins), 1))
    var powers = [Double](repeating: 0, count: columns * rows)
    for frame in 0..<count {
      var sums = [Double](repeating: 0, count: bins)
      for channel in signal {
        let spectrum = frames.spectrum(of: channel, frame: frame)
        for bin in 0..<bins {
          sums[bin] += spectrum[2 * bin] * spectrum[2 * bin] + spectrum[2 * bin + 1] * spectrum[2 * bin + 1]
        }
      }
      let column = frame * columns / count
      for bin in 0..<bins {
        let place = bin * rows / bins * columns + column
        powers[place] = max(powers[place], sums[bin])
      }
    }
    (self.columns, self.rows, self.powers) = (columns, rows, powers)
  }

  /// Each point from 0 to 1: its level in dB, `range` dB below `loudest` being 0.
  public func levels(loudest: Double, range: Double) -> [Double] {
    powers.map { power in
      guard power > 0, loudest > 0 else { return 0 }
      return min(max(1 + 10 * log10(power / loudest) / range, 0), 1)
    }
  }

  /// The share of this spectrum in its sum with another of the same shape, point by point: the mask that made it of the
  /// mixture, seen from outside.
  public func share(beside other: Spectrogram) -> [Double] {
    zip(powers, other.powers).map { own, other in
      let (own, other) = (own.squareRoot(), other.squareRoot())
      return own + other > 0 ? own / (own + other) : 0
    }
  }
}
