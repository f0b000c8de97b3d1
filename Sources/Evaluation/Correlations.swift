internal import Spectral

/// The correlations `c[l] = Σ x[t] y[t + l]` of each signal of one list with each of another, at lags below `taps` to
/// either side.
///
/// Summed over blocks in the frequency domain, so that memory does not grow with the signals' length; signals are zero
/// outside their length.
struct Correlations {
  private let taps: Int
  /// Rows by columns by lags, the smallest lag first.
  private let values: [[[Double]]]

  /// Correlates signals that all have the same length.
  ///
  /// - Complexity: O(n log taps)
  init(of rows: [[Float]], with columns: [[Float]], taps: Int) {
    self.taps = taps
    let frames = rows.first?.count ?? 0
    // Blocks many times the lags, so that little of a transform is margin.
    var size = 64
    while size < 16 * taps { size *= 2 }
    let (margin, block) = (taps - 1, size - 2 * (taps - 1))
    var transform = PreciseTransform(size: size)
    var sums = [[Double]](repeating: [Double](repeating: 0, count: size + 2), count: rows.count * columns.count)
    for start in stride(from: 0, to: frames, by: block) {
      let end = min(start + block, frames)
      let across = columns.map { signal -> [Double] in
        let first = max(0, start - margin)
        return transform.spectrum(of: signal[first..<min(end + margin, frames)], at: first - (start - margin))
      }
      for (row, signal) in rows.enumerated() {
        let spectrum = transform.spectrum(of: signal[start..<end])
        for column in columns.indices {
          Self.add(conjugate: spectrum, times: across[column], to: &sums[row * columns.count + column])
        }
      }
    }
    let all = sums.map { Array(transform.samples(of: $0)[..<(2 * taps - 1)]) }
    values = rows.indices.map { row in columns.indices.map { all[row * columns.count + $0] } }
  }

  /// The correlation of a row's signal with a column's, that one `lag` samples later.
  subscript(row: Int, column: Int, lag: Int) -> Double { values[row][column][lag + taps - 1] }

  private static func add(conjugate x: [Double], times y: [Double], to sum: inout [Double]) {
    precondition(x.count == sum.count && y.count == sum.count)
    for index in stride(from: 0, to: sum.count, by: 2) {
      let (a, b, c, d) = (x[index], x[index + 1], y[index], y[index + 1])
      sum[index] += a * c + b * d
      sum[index + 1] += a * d - b * c
    }
  }
}
