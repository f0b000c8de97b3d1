import COpenBLAS
import CRealtime
import Foundation
import Testing

@Suite("The kernels")
struct KernelTests {
  static let sizes = [
    (1, 1), (1, 7), (3, 1), (4, 4), (5, 3), (7, 64), (13, 513), (16, 31), (63, 65), (1024, 513), (1026, 1024),
    (33, 1539), (2, 5000),
  ]

  /// An odd offset into memory, to meet every alignment of the vectors.
  private func random(_ count: Int, seed: UInt64) -> [Float] {
    var random = Seeded(state: seed)
    return (0..<count).map { _ in random.float(-1...1) }
  }

  @Test("matrix times vector is what plain loops and OpenBLAS say, for any size and alignment", arguments: sizes)
  func matrixVector(rows: Int, columns: Int) {
    for shift in 0..<3 {
      let weights = random(rows * columns + shift, seed: 1)
      let input = random(columns + shift, seed: 2)
      let bias = random(rows, seed: 3)
      var output = [Float](repeating: .nan, count: rows + 1)
      var blas = bias
      weights.withUnsafeBufferPointer { weights in
        input.withUnsafeBufferPointer { input in
          let (w, x) = (weights.baseAddress! + shift, input.baseAddress! + shift)
          rt_matrix_vector(w, bias, x, &output, rows, columns)
          cblas_sgemv(
            CblasRowMajor, CblasNoTrans, blasint(rows), blasint(columns), 1, w, blasint(columns), x, 1, 1, &blas, 1)
        }
      }
      #expect(output[rows].isNaN, "nothing behind the output is touched")
      for row in 0..<rows {
        var sum = Double(bias[row])
        var size = abs(sum)
        for column in 0..<columns {
          let product = Double(weights[shift + row * columns + column]) * Double(input[shift + column])
          sum += product
          size += abs(product)
        }
        // Summing n numbers in any order is wrong by less than n roundings of the sum of their sizes; in vectors by
        // far less.
        let bound = size * Double(Float.ulpOfOne) * 8
        #expect(abs(Double(output[row]) - sum) <= bound)
        #expect(abs(Double(output[row]) - Double(blas[row])) <= 2 * bound)
      }
    }
  }

  /// Every size of number between the denormals and 128, both signs, in steps that are not round.
  static let arguments: [Float] = {
    var values: [Float] = [0, -0.0, 100, -100, 1e30, -1e30, .infinity, -.infinity]
    var value: Float = 1e-37
    while value < 128 {
      values += [value, -value]
      value *= value < 1e-3 ? 1.01 : 1.00037
    }
    return values
  }()

  @Test("sigmoid is within 2e-7 of the exact value, relative to it, and saturates")
  func sigmoid() {
    var values = Self.arguments
    rt_sigmoid(&values, values.count)
    for (x, y) in zip(Self.arguments, values) {
      let exact = 1 / (1 + exp(-Double(x)))
      #expect(y >= 0 && y <= 1)
      if x >= -87 { #expect(abs(Double(y) - exact) <= 2e-7 * exact, "at \(x)") } else { #expect(y < 1e-37) }
    }
  }

  @Test("tanh is within 2e-7 of the exact value, relative to it, and saturates")
  func hyperbolicTangent() {
    var values = Self.arguments
    rt_tanh(&values, values.count)
    for (x, y) in zip(Self.arguments, values) {
      let exact = tanh(Double(x))
      #expect(abs(Double(y) - exact) <= 2e-7 * abs(exact), "at \(x)")
    }
  }

  @Test("relu, scale and the sum of squares are what they say, for every short length")
  func elementwise() {
    for count in 0..<70 {
      let values = random(count, seed: UInt64(count))
      var positive = values
      rt_relu(&positive, count)
      #expect(positive == values.map { max(0, $0) })
      var scaled = [Float](repeating: .nan, count: count)
      rt_scale(values, 3, &scaled, count)
      #expect(scaled == values.map { $0 * 3 })
      let expected = values.reduce(0.0) { $0 + Double($1) * Double($1) }
      #expect(abs(rt_sum_of_squares(values, count) - expected) <= expected * 1e-14)
    }
  }

  @Test("finds the first weight that is no number, wherever it stands")
  func notFinite() {
    for count in [1, 5, 1024, 1025, 5000] {
      #expect(rt_first_not_finite([Float](repeating: .greatestFiniteMagnitude, count: count), count) == count)
      for (index, value) in [(0, Float.nan), (count / 2, -Float.infinity), (count - 1, Float.signalingNaN)] {
        var values = [Float](repeating: 1, count: count)
        values[index] = value
        #expect(rt_first_not_finite(values, count) == index)
      }
    }
  }
}
