import CRealtime
import Testing

extension Kernels {
  @Suite("Convolutions of bytes")
  struct ByteConvolutionTests {
    @Test("where rounding loses nothing, they are the sums that define a convolution", arguments: 0..<8)
    func exact(seed: UInt64) {
      var random = Seeded(state: 200 + seed)
      for _ in 0..<30 {
        guard let (shape, one) = Self.convolution(rt_convolution_shape.any(&random), exact: true, &random) else {
          continue
        }
        let expected = one.expected(transposed: false)
        Kernels.withEveryInstructionSet { set in one.check(Self.run(shape, one), expected, set) }
      }
    }

    @Test("where rounding loses nothing, so are transposed ones", arguments: 0..<8)
    func exactTransposed(seed: UInt64) {
      var random = Seeded(state: 300 + seed)
      for _ in 0..<30 {
        guard let (shape, one) = Self.transposed(rt_convolution_shape.any(&random), exact: true, &random) else {
          continue
        }
        let expected = one.expected(transposed: true)
        Kernels.withEveryInstructionSet { set in one.check(Self.runTransposed(shape, one), expected, set) }
      }
    }

    @Test("of any numbers, what rounding changes is 40 dB below what is found, and the same on every processor")
    func rounded() {
      var random = Seeded(state: 400)
      var shape = rt_convolution_shape.any(&random)
      (shape.channels, shape.height, shape.width, shape.outputs, shape.groups) = (33, 3, 70, 21, 1)
      (shape.kernel_height, shape.kernel_width, shape.stride_height, shape.stride_width) = (5, 5, 2, 2)
      (shape.dilation_height, shape.dilation_width, shape.relu) = (1, 1, false)
      (shape.top, shape.bottom, shape.left, shape.right) = (0, 2, 1, 2)
      for isTransposed in [false, true] {
        let found =
          isTransposed
          ? Self.transposed(shape, exact: false, &random) : Self.convolution(shape, exact: false, &random)
        guard let (shape, one) = found else {
          Issue.record("no such shape")
          return
        }
        let expected = one.expected(transposed: isTransposed)
        var before: [Float]?
        Kernels.withEveryInstructionSet { set in
          let output = isTransposed ? Self.runTransposed(shape, one) : Self.run(shape, one)
          var (signal, noise) = (0.0, 0.0)
          for channel in 0..<shape.outputs {
            for index in 0..<one.height * one.width {
              let wanted = expected[channel * one.height * one.width + index]
              let distance = Double(output[channel * one.outputChannel + index]) - wanted
              signal += wanted * wanted
              noise += distance * distance
            }
          }
          #expect(noise < signal * 1e-4, "\(set)")
          let bits = output.filter { !$0.isNaN }
          let isSame = bits == before ?? bits
          #expect(isSame, "\(set)")
          before = bits
        }
      }
    }

    @Test("of silence, and of numbers that are not, they give what a sum of them may give", arguments: [false, true])
    func extremes(isTransposed: Bool) {
      var random = Seeded(state: 500)
      var shape = rt_convolution_shape.any(&random)
      (shape.channels, shape.height, shape.width, shape.outputs, shape.groups) = (8, 1, 40, 9, 1)
      (shape.kernel_height, shape.kernel_width, shape.stride_height, shape.stride_width) = (1, 3, 1, 1)
      (shape.dilation_height, shape.dilation_width, shape.relu) = (1, 1, false)
      (shape.top, shape.bottom, shape.left, shape.right) = (0, 0, 1, 1)
      let found =
        isTransposed ? Self.transposed(shape, exact: true, &random) : Self.convolution(shape, exact: true, &random)
      guard let (shape, one) = found else {
        Issue.record("no such shape")
        return
      }
      for value: Float in [0, 1e-38, .infinity, .nan] {
        var quiet = one
        quiet.input = one.input.map { _ in value }
        let output = isTransposed ? Self.runTransposed(shape, quiet) : Self.run(shape, quiet)
        guard value.isFinite else { continue }  // nothing but that it ends
        for channel in 0..<shape.outputs {
          for index in 0..<one.height * one.width {
            let silence = one.bias?[channel] ?? 0
            #expect(abs(output[channel * one.outputChannel + index] - silence) < 1e-30)
          }
        }
      }
    }

    private typealias Made = (rt_convolution_shape, ConvolutionCase)

    /// The shape of one group, if a convolution of it has points.
    private static func convolution(
      _ any: rt_convolution_shape, exact: Bool, _ random: inout Seeded
    ) -> Made? {
      var shape = one(any)
      guard shape.top + shape.height + shape.bottom >= shape.reachDown,
        shape.left + shape.width + shape.right >= shape.reachAcross
      else { return nil }
      let (height, width) = (rt_convolution_height(&shape), rt_convolution_width(&shape))
      return (shape, ConvolutionCase(shape, height: height, width: width, bytes: exact, &random))
    }

    private static func transposed(_ any: rt_convolution_shape, exact: Bool, _ random: inout Seeded) -> Made? {
      var shape = one(any)
      shape.extra_height = Int.random(in: 0...2, using: &random)
      shape.extra_width = Int.random(in: 0...2, using: &random) * min(shape.width - 1, 1)
      guard
        (shape.height - 1) * shape.stride_height + shape.reachDown + shape.extra_height > shape.top + shape.bottom,
        (shape.width - 1) * shape.stride_width + shape.reachAcross + shape.extra_width > shape.left + shape.right
      else { return nil }
      let (height, width) = (rt_transposed_convolution_height(&shape), rt_transposed_convolution_width(&shape))
      return (shape, ConvolutionCase(shape, height: height, width: width, bytes: exact, &random))
    }

    private static func one(_ any: rt_convolution_shape) -> rt_convolution_shape {
      var shape = any
      (shape.groups, shape.bytes) = (1, true)
      return shape
    }

    private static func run(_ shape: rt_convolution_shape, _ one: ConvolutionCase) -> [Float] {
      var shape = shape
      var packed = [Float](repeating: .nan, count: rt_convolution_size(&shape))
      rt_convolution_pack(&shape, one.weights, &packed)
      var output = [Float](repeating: .nan, count: shape.outputs * one.outputChannel)
      var scratch = [Float](repeating: .nan, count: rt_convolution_scratch(&shape))
      rt_convolution(
        &shape, packed, one.bias, one.input, one.inputChannel, one.firstRow, &output, one.outputChannel, &scratch, nil)
      return output
    }

    private static func runTransposed(_ shape: rt_convolution_shape, _ one: ConvolutionCase) -> [Float] {
      var shape = shape
      var packed = [Float](repeating: .nan, count: rt_transposed_convolution_size(&shape))
      rt_transposed_convolution_pack(&shape, one.weights, &packed)
      var output = [Float](repeating: .nan, count: shape.outputs * one.outputChannel)
      var scratch = [Float](repeating: .nan, count: rt_transposed_convolution_scratch(&shape))
      rt_transposed_convolution(
        &shape, packed, one.bias, one.input, one.inputChannel, one.firstRow, &output, one.outputChannel, &scratch)
      return output
    }
  }
}
