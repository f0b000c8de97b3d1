internal import Spectral

/// Sums of filtered references, one for each channel of an estimate: what a ``Projection`` makes of them.
///
/// Works through a stretch of the references block by block (overlap-add).
struct FilterBank {
  /// Samples of the references that are taken at a time.
  static func block(taps: Int) -> Int { size(taps: taps) - (taps - 1) }

  private static func size(taps: Int) -> Int {
    var size = 64
    while size < 8 * taps { size *= 2 }
    return size
  }

  private let taps: Int
  /// Spectra of the filters, channels by rows.
  private let filters: [[[Double]]]
  /// What the blocks before reach into the next one, a channel each.
  private var tails: [[Double]]

  /// Prepares filters given as channels by rows by taps.
  init(_ filters: [[[Double]]], taps: Int, with transform: inout PreciseTransform) {
    self.taps = taps
    self.filters = filters.map { rows in rows.map { transform.spectrum(of: $0[...]) } }
    tails = []
    begin()
  }

  /// A transform of the size that the filters are used with.
  static func transform(taps: Int) -> PreciseTransform { PreciseTransform(size: size(taps: taps)) }

  /// Forgets the stretch before.
  mutating func begin() {
    tails = [[Double]](repeating: [Double](repeating: 0, count: taps - 1), count: filters.count)
  }

  /// The next samples of each channel: `count` of them complete, then `taps - 1` that belong to the tail.
  ///
  /// - Parameter spectra: Those of the next `count` samples of each row.
  mutating func next(_ spectra: [[Double]], count: Int, with transform: inout PreciseTransform) -> [[Double]] {
    filters.indices.map { channel in
      var sum = [Double](repeating: 0, count: transform.size + 2)
      for (spectrum, filter) in zip(spectra, filters[channel]) { Self.add(spectrum, times: filter, to: &sum) }
      var samples = transform.samples(of: sum)
      for index in 0..<taps - 1 { samples[index] += tails[channel][index] }
      for index in 0..<taps - 1 { tails[channel][index] = samples[count + index] }
      return samples
    }
  }

  private static func add(_ x: [Double], times y: [Double], to sum: inout [Double]) {
    precondition(x.count == sum.count && y.count == sum.count)
    for index in stride(from: 0, to: sum.count, by: 2) {
      let (a, b, c, d) = (x[index], x[index + 1], y[index], y[index + 1])
      sum[index] += a * c - b * d
      sum[index + 1] += a * d + b * c
    }
  }
}
