/// The orthogonal projection onto what filters of some taps can make of reference signals (Vincent, Gribonval and
/// Févotte, *Performance measurement in blind audio source separation*, 2006, III.B).
///
/// The filters c nearest to an estimate e solve G c = d, with G the correlations of the delayed references among each
/// other, a matrix of Toeplitz blocks, and d theirs with e. G is factorised once, for however many estimates.
struct Projection: Sendable {
  /// Which of the references take part.
  let rows: [Int]
  private let taps: Int
  private let gram: Cholesky

  /// Factorises the correlations of the references `rows` among each other.
  ///
  /// Where references are so alike, or so poor in some band, that G is singular once rounded, its diagonal is raised by
  /// the smallest of 1e-15, 1e-14 … times its mean that makes it definite. `nil` when a reference is silent.
  init?(onto rows: [Int], among correlations: Correlations, taps: Int) {
    self.rows = rows
    self.taps = taps
    let order = rows.count * taps
    var matrix = [Double](repeating: 0, count: order * order)
    for (i, row) in rows.enumerated() {
      for (j, column) in rows.enumerated() where j <= i {
        // Σ r_i[t - a] r_j[t - b] is the correlation at lag a - b.
        let lags = (0..<2 * taps - 1).map { correlations[row, column, $0 - (taps - 1)] }
        for a in 0..<taps {
          let place = (i * taps + a) * order + j * taps
          for b in 0..<taps { matrix[place + b] = lags[a - b + taps - 1] }
        }
      }
    }
    let energies = rows.map { correlations[$0, $0, 0] }
    guard energies.allSatisfy({ $0 > 0 }) else { return nil }
    let mean = energies.reduce(0, +) / Double(rows.count)
    var (gram, ridge) = (Cholesky(matrix, order: order), 1e-15)
    while gram == nil, ridge < 1e-3 {
      for index in 0..<order { matrix[index * order + index] = energies[index / taps] + ridge * mean }
      gram = Cholesky(matrix, order: order)
      ridge *= 10
    }
    guard let gram else { return nil }
    self.gram = gram
  }

  /// The taps of the filters, one row for each of ``rows``, that bring the references nearest to an estimate.
  ///
  /// - Parameters:
  ///   - correlations: Of all references with the channels of the estimate.
  ///   - channel: The channel of the estimate.
  func filters(_ correlations: Correlations, channel: Int) -> [[Double]] {
    let right = rows.flatMap { row in (0..<taps).map { correlations[row, channel, $0] } }
    let solved = gram.solve(right)
    return rows.indices.map { Array(solved[$0 * taps..<($0 + 1) * taps]) }
  }
}
