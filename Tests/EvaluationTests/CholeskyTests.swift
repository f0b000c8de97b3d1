import Foundation
import Testing

@testable import Evaluation

/// Solving what the projections ask for.
struct CholeskyTests {
  @Test("By hand: 4x + 2y = 10, 2x + 3y = 9")
  func byHand() throws {
    // Above the diagonal stands what nobody reads.
    let solved = try #require(Cholesky([4, .nan, 2, 3], order: 2)).solve([10, 9])
    #expect(abs(solved[0] - 1.5) < 1e-14 && abs(solved[1] - 2) < 1e-14)
  }

  @Test("The solution solves, at every size around the panels", arguments: [1, 2, 31, 32, 33, 63, 64, 67, 100, 129])
  func sizes(order: Int) throws {
    var random = Noise(seed: UInt64(order))
    let rows = (0..<order).map { _ in random.samples(order).map(Double.init) }
    // R Rᵀ + 1 is positive definite.
    var matrix = [Double](repeating: 0, count: order * order)
    for i in 0..<order {
      for j in 0..<order {
        matrix[i * order + j] = zip(rows[i], rows[j]).reduce(i == j ? 1 : 0) { $0 + $1.0 * $1.1 }
      }
    }
    let right = random.samples(order).map(Double.init)
    let solved = try #require(Cholesky(matrix, order: order)).solve(right)
    for i in 0..<order {
      let left = (0..<order).reduce(0.0) { $0 + matrix[i * order + $1] * solved[$1] }
      #expect(abs(left - right[i]) < 1e-12)
    }
  }

  @Test("What is not positive definite has no factor")
  func indefinite() {
    #expect(Cholesky([1, 2, 2, 1], order: 2) == nil)
    #expect(Cholesky([0], order: 1) == nil)
    #expect(Cholesky([.nan], order: 1) == nil)
  }
}
