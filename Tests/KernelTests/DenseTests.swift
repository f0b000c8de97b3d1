import COpenBLAS
import CRealtime
import Testing

/// A dense layer's sizes: rows, columns and vectors at once.
struct DenseSize: Sendable, CustomTestStringConvertible {
  var rows, columns, vectors: Int
  var testDescription: String { "\(rows) x \(columns), \(vectors) vectors" }

  static let all = [
    (1, 1, 1), (1, 7, 2), (3, 1, 1), (15, 4, 3), (16, 5, 1), (17, 64, 4), (31, 63, 5), (33, 2, 7), (64, 65, 16),
    (79, 31, 9), (130, 513, 2), (200, 1539, 1), (1026, 1024, 2), (5, 5000, 3),
  ].map { DenseSize(rows: $0.0, columns: $0.1, vectors: $0.2) }
}

extension Kernels {
  @Suite("Dense layers")
  struct DenseTests {
    /// Input vectors with something between them, and room between the outputs that must stay as it is.
    private struct Case {
      let size: DenseSize
      let stride, outputStride: Int
      let input, bias: [Float]

      init(_ size: DenseSize) {
        var random = Seeded(state: UInt64(size.rows * 10_000 + size.columns))
        self.size = size
        stride = size.columns + 3
        outputStride = size.rows + 5
        input = random.floats(size.vectors * stride)
        bias = random.floats(size.rows)
      }

      /// Compares with sums in double precision, whose terms' sizes bound what rounding may do.
      func check(_ output: [Float], weights: [Float], set: rt_instructions) {
        for vector in 0..<size.vectors {
          for row in 0..<outputStride {
            let value = output[vector * outputStride + row]
            guard row < size.rows else {
              #expect(value.isNaN, "what lies between the outputs is left alone")
              continue
            }
            var sum = Double(bias[row])
            var bound = abs(sum)
            for column in 0..<size.columns {
              let product = Double(weights[row * size.columns + column]) * Double(input[vector * stride + column])
              sum += product
              bound += abs(product)
            }
            #expect(abs(Double(value) - sum) <= bound * Double(Float.ulpOfOne) * 8, "row \(row) with \(set)")
          }
        }
      }
    }

    @Test("single precision is what plain sums and OpenBLAS say", arguments: DenseSize.all)
    func single(size: DenseSize) {
      let one = Case(size)
      var random = Seeded(state: 7)
      let weights = random.floats(size.rows * size.columns)
      var packed = [Float](repeating: .nan, count: rt_dense_size(size.rows, size.columns) / 4)
      rt_dense_pack(weights, size.rows, size.columns, &packed)
      Kernels.withEveryInstructionSet { set in
        var output = [Float](repeating: .nan, count: size.vectors * one.outputStride)
        rt_dense(
          packed, one.bias, 0, one.input, one.stride, &output, one.outputStride, size.vectors, size.rows, size.columns)
        one.check(output, weights: weights, set: set)
        for vector in 0..<size.vectors {
          var blas = one.bias
          one.input.withUnsafeBufferPointer {
            cblas_sgemv(
              CblasRowMajor, CblasNoTrans, blasint(size.rows), blasint(size.columns), 1, weights,
              blasint(size.columns), $0.baseAddress! + vector * one.stride, 1, 1, &blas, 1)
          }
          for row in 0..<size.rows {
            // Terms are below 1 in size, so a sum of n of them is off by far less than this.
            let bound = Float(size.columns + 1) * Float.ulpOfOne * 4
            #expect(abs(output[vector * one.outputStride + row] - blas[row]) <= bound)
          }
        }
      }
    }

    @Test("half precision weights are exact numbers", arguments: DenseSize.all)
    func half(size: DenseSize) {
      let one = Case(size)
      var random = Seeded(state: 8)
      // Any sign and mantissa, exponents from the denormals to 2.
      let halves = (0..<size.rows * size.columns).map { _ in
        UInt16.random(in: 0..<0x4000, using: &random) | UInt16.random(in: 0...1, using: &random) << 15
      }
      var weights = [Float](repeating: .nan, count: halves.count)
      rt_widen_half(halves, &weights, halves.count)
      var packed = [UInt16](repeating: 0xFFFF, count: rt_dense_half_size(size.rows, size.columns) / 2)
      rt_dense_half_pack(halves, size.rows, size.columns, &packed)
      Kernels.withEveryInstructionSet { set in
        var output = [Float](repeating: .nan, count: size.vectors * one.outputStride)
        rt_dense_half(
          packed, one.bias, 0, one.input, one.stride, &output, one.outputStride, size.vectors, size.rows, size.columns)
        one.check(output, weights: weights, set: set)
      }
    }

    @Test("every half is the number that IEEE 754 says, denormals flushed or not")
    func halves() {
      let halves = (0...UInt16.max).map { $0 }
      var floats = [Float](repeating: 0, count: halves.count)
      rt_flush_denormals()
      rt_widen_half(halves, &floats, halves.count)
      for (half, float) in zip(halves, floats) {
        let (exponent, mantissa) = (Int(half >> 10 & 31), Float(half & 1023))
        let size =
          switch exponent {
          case 0: mantissa / Float(1 << 24)
          case 31: mantissa == 0 ? Float.infinity : Float.nan
          default: Float(sign: .plus, exponent: exponent - 15, significand: 1 + mantissa / 1024)
          }
        #expect(float == (half >> 15 == 0 ? size : -size) || (float.isNaN && size.isNaN), "\(half)")
        #expect(float.sign == (half >> 15 == 0 ? .plus : .minus) || size.isNaN)
      }
    }

    @Test("8-bit weights give the same bits on every processor, those of the definition", arguments: DenseSize.all)
    func int8(size: DenseSize) {
      let one = Case(size)
      var random = Seeded(state: 9)
      // Among random rows and inputs, the largest of all, where sums come nearest to what an integer holds.
      let weights = (0..<size.rows * size.columns).map { index in
        index / size.columns == 0 ? 127 : Int8.random(in: -127...127, using: &random)
      }
      var input = one.input
      for column in 0..<size.columns { input[column] = 0.75 }
      let scales = random.floats(size.rows, in: 0.001...0.01)
      var packed = [UInt8](repeating: 0xFF, count: rt_dense_int8_size(size.rows, size.columns))
      rt_dense_int8_pack(weights, scales, size.rows, size.columns, &packed)
      var scratch = [UInt64](repeating: 0, count: rt_dense_int8_scratch(size.vectors, size.columns) / 8)

      var expected = [Float](repeating: .nan, count: size.vectors * one.outputStride)
      for vector in 0..<size.vectors {
        let x = input[vector * one.stride..<vector * one.stride + size.columns]
        let largest = x.map(abs).max() ?? 0
        let rounded = x.map { Int32(($0 * (32767 / largest)).rounded(.toNearestOrEven)) }
        for row in 0..<size.rows {
          var sum: Float = 0
          for start in stride(from: 0, to: size.columns, by: 512) {
            var exact: Int32 = 0
            for column in start..<min(start + 512, size.columns) {
              exact += Int32(weights[row * size.columns + column]) * rounded[column]
            }
            sum += Float(exact)
          }
          expected[vector * one.outputStride + row] = sum * (scales[row] * (largest / 32767)) + one.bias[row]
        }
      }
      Kernels.withEveryInstructionSet { set in
        var output = [Float](repeating: .nan, count: size.vectors * one.outputStride)
        rt_dense_int8(
          packed, one.bias, 0, input, one.stride, &output, one.outputStride, size.vectors, size.rows, size.columns,
          &scratch)
        #expect(output.map(\.bitPattern) == expected.map(\.bitPattern), "\(set)")
      }
    }

    @Test("8-bit layers stay right at silence and at the ends of the range", arguments: [0, 1e-37, 1e-20, 1e20, 1e36])
    func int8Levels(level: Float) {
      let weights = [Int8](repeating: 100, count: 40)
      var packed = [UInt8](repeating: 0, count: rt_dense_int8_size(1, 40))
      rt_dense_int8_pack(weights, [0.01], 1, 40, &packed)
      var scratch = [UInt64](repeating: 0, count: rt_dense_int8_scratch(1, 40) / 8)
      Kernels.withEveryInstructionSet { _ in
        var output: Float = .nan
        rt_dense_int8(packed, nil, 0, [Float](repeating: level, count: 40), 40, &output, 1, 1, 1, 40, &scratch)
        #expect(abs(output - 40 * level) <= 40 * max(level * 1e-4, 1e-30))
      }
    }

    @Test("a layer adds to what is there when that is its bias, and needs none")
    func accumulation() {
      let size = DenseSize(rows: 37, columns: 50, vectors: 6)
      var random = Seeded(state: 10)
      let weights = random.floats(size.rows * size.columns)
      let input = random.floats(size.vectors * size.columns)
      let before = random.floats(size.vectors * size.rows)
      var packed = [Float](repeating: 0, count: rt_dense_size(size.rows, size.columns) / 4)
      rt_dense_pack(weights, size.rows, size.columns, &packed)
      Kernels.withEveryInstructionSet { _ in
        var alone = [Float](repeating: .nan, count: before.count)
        rt_dense(
          packed, nil, 0, input, size.columns, &alone, size.rows, size.vectors, size.rows, size.columns)
        var sum = before
        sum.withUnsafeMutableBufferPointer {
          let y = $0.baseAddress!
          rt_dense(
            packed, y, size.rows, input, size.columns, y, size.rows, size.vectors, size.rows, size.columns)
        }
        for index in sum.indices { #expect(abs(sum[index] - (before[index] + alone[index])) <= 1e-5) }
      }
    }
  }
}
