import CRealtime
import Foundation
import Testing

extension Kernels {
  @Suite("Vectors")
  struct VectorTests {
    /// Every size of number between the denormals and `highest`, in steps that are not round.
    private static func sizes(to highest: Float) -> [Float] {
      var values: [Float] = []
      var value: Float = 1.2e-38
      while value < highest {
        values.append(value)
        value *= value < 1e-3 || value > 100 ? 1.01 : 1.00037
      }
      return values
    }

    private func check(
      _ name: String, _ arguments: [Float], _ kernel: (UnsafeMutablePointer<Float>?, Int) -> Void,
      _ exact: (Double) -> Double
    ) {
      var values = arguments
      kernel(&values, values.count)
      for (x, y) in zip(arguments, values) {
        let expected = exact(Double(x))
        #expect(abs(Double(y) - expected) <= 3e-7 * abs(expected), "\(name)(\(x)) is \(y)")
      }
    }

    @Test("exponentials and logarithms are within 3e-7 of the exact value, relative to it")
    func elementary() {
      let signed = Self.sizes(to: 86.9).flatMap { [$0, -$0] }
      check("exp", signed, rt_exp, exp)
      check("expm1", signed + [-87, -100, -.infinity], rt_expm1, expm1)
      check("log", Self.sizes(to: 3e38), rt_log, log)
      check("log1p", Self.sizes(to: 3e38) + Self.sizes(to: 1).map { -$0 }.filter { $0 > -1 }, rt_log1p, log1p)
    }

    @Test("outside of their range they saturate or say so")
    func ends() {
      var values: [Float] = [-88, -1e30, -.infinity, 89, 1e30, .infinity]
      rt_exp(&values, values.count)
      #expect(values[0...2] == [0, 0, 0])
      for value in values[3...] { #expect(abs(value / Float(exp(88.0)) - 1) < 1e-6) }
      values = [0, -0.0, .infinity, -1]
      rt_log(&values, values.count)
      #expect(values[0] == -.infinity && values[1] == -.infinity && values[2] == .infinity && values[3].isNaN)
      values = [0, -1, .infinity, -1.5]
      rt_log1p(&values, values.count)
      #expect(values[0] == 0 && values[1] == -.infinity && values[2] == .infinity && values[3].isNaN)
    }

    @Test("element by element they are what they say, for every short length, in place or not")
    func elementwise() {
      var random = Seeded(state: 3)
      for count in 0..<70 {
        let (a, b, c) = (random.floats(count), random.floats(count, in: 0.5...2), random.floats(count))
        typealias Two = (UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int) -> Void
        let pairs: [(Two, (Float, Float) -> Float)] = [
          (rt_add, { $0 + $1 }), (rt_subtract, { $0 - $1 }), (rt_multiply, { $0 * $1 }), (rt_divide, { $0 / $1 }),
        ]
        for (kernel, expected) in pairs {
          var to = [Float](repeating: .nan, count: count + 1)
          kernel(a, b, &to, count)
          #expect(to[..<count] == zip(a, b).map(expected)[...] && to[count].isNaN)
          var first = a
          first.withUnsafeMutableBufferPointer { kernel($0.baseAddress, b, $0.baseAddress, count) }
          #expect(first == zip(a, b).map(expected))
          var second = b
          second.withUnsafeMutableBufferPointer { kernel(a, $0.baseAddress, $0.baseAddress, count) }
          #expect(second == zip(a, b).map(expected))
        }
        func close(_ values: [Float], _ expected: (Int) -> Float) {
          for index in 0..<count { #expect(abs(values[index] - expected(index)) <= 1e-6) }
        }
        var to = [Float](repeating: .nan, count: count)
        rt_multiply_add(a, b, c, &to, count)
        close(to) { a[$0] * b[$0] + c[$0] }
        rt_affine(a, 3, -2, &to, count)
        close(to) { a[$0] * 3 - 2 }
        to = c
        rt_add_scaled(a, 0.3, &to, count)
        close(to) { a[$0] * 0.3 + c[$0] }
        to = a
        rt_leaky_relu(&to, 0.2, count)
        #expect(to == a.map { $0 > 0 ? $0 : $0 * 0.2 })
        to = a
        rt_absolute(&to, count)
        #expect(to == a.map(abs))
        to = a
        rt_clip(&to, -0.25, 0.5, count)
        #expect(to == a.map { min(max($0, -0.25), 0.5) })
        to = b
        rt_square_root(&to, count)
        #expect(to == b.map { $0.squareRoot() })
      }
    }

    @Test("complex numbers come apart and together, and their ratios are bounded, and 0 where there is none")
    func complex() {
      var random = Seeded(state: 5)
      for count in [1, 7, 8, 31, 64, 700] {
        let (a, b) = (random.floats(2 * count, in: -1...1), random.floats(2 * count, in: -1...1))
        var (real, imaginary) = ([Float](repeating: .nan, count: count), [Float](repeating: .nan, count: count))
        rt_complex_apart(a, 0.5, &real, &imaginary, count)
        #expect(real == (0..<count).map { a[2 * $0] * 0.5 } && imaginary == (0..<count).map { a[2 * $0 + 1] * 0.5 })
        var together = [Float](repeating: .nan, count: 2 * count)
        rt_complex_together(real, imaginary, 2, &together, count)
        #expect(together == a)
        var ratio = a
        rt_complex_ratio(&ratio, b, 1.5, 1e-6, count)
        for bin in 0..<count {
          let (x, y) = (Double(ratio[2 * bin]), Double(ratio[2 * bin + 1]))
          let (c, d) = (Double(b[2 * bin]), Double(b[2 * bin + 1]))
          let size = hypot(Double(a[2 * bin]), Double(a[2 * bin + 1])) / hypot(c, d)
          // What was divided comes back, shortened to the limit.
          let factor = min(1, 1.5 / size)
          #expect(abs(x * c - y * d - factor * Double(a[2 * bin])) <= 1e-5)
          #expect(abs(x * d + y * c - factor * Double(a[2 * bin + 1])) <= 1e-5)
        }
      }
      var odd: [Float] = [1, 1, .nan, 0, .infinity, 0, 1, 0, 3, 4]
      rt_complex_ratio(&odd, [0, 0, 1, 0, 1, 0, .nan, 0, 1, 0], 16, 1e-30, 5)
      #expect(odd == [0, 0, 0, 0, 0, 0, 0, 0, 3, 4])
    }

    @Test("sums, the largest, moments and softmax are what they say, for every short length and a long one")
    func reductions() {
      var random = Seeded(state: 4)
      for count in Array(1..<70) + [5000] {
        // Far from zero, where a variance from the mean square would drown.
        let values = random.floats(count, in: 1000...1001)
        let sum = values.reduce(0.0) { $0 + Double($1) }
        #expect(abs(rt_sum(values, count) - sum) <= sum * 1e-13)
        #expect(rt_maximum(values, count) == values.max())
        #expect(rt_maximum(values.map { -$0 }, count) == values.map { -$0 }.max())
        var (mean, variance): (Float, Float) = (.nan, .nan)
        rt_moments(values, count, &mean, &variance)
        let middle = sum / Double(count)
        let squares = values.reduce(0.0) { $0 + (Double($1) - middle) * (Double($1) - middle) }
        #expect(abs(Double(mean) - middle) <= 1e-4)
        #expect(abs(Double(variance) - squares / Double(count)) <= 1e-6)
        var shares = values
        rt_softmax(&shares, count)
        let total = values.reduce(0.0) { $0 + exp(Double($1) - 1000) }
        for (share, value) in zip(shares, values) {
          #expect(abs(Double(share) / (exp(Double(value) - 1000) / total) - 1) <= 2e-6)
        }
      }
      #expect(rt_sum([], 0) == 0)
      #expect(rt_maximum([], 0) == -.infinity)
    }
  }
}
