import CRealtime
import Testing

extension Kernels {
  @Suite("Convolutions of bytes")
  struct ByteConvolutionTests {
    @Test("where rounding loses nothing, they are the sums that define a convolution", arguments: 0..<8)
    func exact(seed: UInt64) {
      var random = Seeded(state: 200 + seed)
      for _ in 0..<30 {
        guard let one = Self.exact(rt_convolution_shape.any(&random), transposed: false, &random) else { continue }
        let expected = one.expected(transposed: false)
        Kernels.withEveryInstructionSet { set in one.check(one.result(transposed: false), expected, set) }
      }
    }

    @Test("where rounding loses nothing, so are transposed ones", arguments: 0..<8)
    func exactTransposed(seed: UInt64) {
      var random = Seeded(state: 300 + seed)
      for _ in 0..<30 {
        guard let one = Self.exact(rt_convolution_shape.any(&random), transposed: true, &random) else { continue }
        let expected = one.expected(transposed: true)
        Kernels.withEveryInstructionSet { set in one.check(one.result(transposed: true), expected, set) }
      }
    }

    @Test("of any numbers, what rounding changes is 40 dB below what is found, and the same on every processor")
    func rounded() {
      var random = Seeded(state: 400)
      var shape = rt_convolution_shape.any(&random)
      (shape.channels, shape.height, shape.width, shape.outputs, shape.groups) = (33, 3, 70, 21, 1)
      shape.bytes = true
      (shape.kernel_height, shape.kernel_width, shape.stride_height, shape.stride_width) = (5, 5, 2, 2)
      (shape.dilation_height, shape.dilation_width, shape.relu) = (1, 1, false)
      (shape.top, shape.bottom, shape.left, shape.right) = (0, 2, 1, 2)
      for isTransposed in [false, true] {
        guard let one = ConvolutionCase(shape, transposed: isTransposed, &random) else {
          Issue.record("no such shape")
          return
        }
        let expected = one.expected(transposed: isTransposed)
        var before: [Float]?
        Kernels.withEveryInstructionSet { set in
          let output = one.result(transposed: isTransposed)
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
      guard let one = Self.exact(shape, transposed: isTransposed, &random) else {
        Issue.record("no such shape")
        return
      }
      for value: Float in [0, 1e-38, .infinity, .nan] {
        var quiet = one
        quiet.input = one.input.map { _ in value }
        let output = quiet.result(transposed: isTransposed)
        guard value.isFinite else { continue }  // nothing but that it ends
        for channel in 0..<shape.outputs {
          for index in 0..<one.height * one.width {
            let silence = one.bias?[channel] ?? 0
            #expect(abs(output[channel * one.outputChannel + index] - silence) < 1e-30)
          }
        }
      }
    }

    /// A case of bytes for the shape, of one group, in which rounding loses nothing.
    private static func exact(
      _ any: rt_convolution_shape, transposed: Bool, _ random: inout Seeded
    ) -> ConvolutionCase? {
      var shape = any
      (shape.groups, shape.bytes) = (1, true)
      return ConvolutionCase(shape, transposed: transposed, steps: true, &random)
    }
  }
}
