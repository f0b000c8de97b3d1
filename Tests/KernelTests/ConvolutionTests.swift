import CRealtime
import Testing

extension Kernels {
  @Suite("Convolutions")
  struct ConvolutionTests {
    @Test("a convolution is the sum that defines it, whatever its shape", arguments: 0..<8)
    func ordinary(seed: UInt64) {
      var random = Seeded(state: seed)
      for _ in 0..<40 {
        guard let one = ConvolutionCase(rt_convolution_shape.any(&random), transposed: false, &random) else { continue }
        var shape = one.shape
        var packed = [Float](repeating: .nan, count: rt_convolution_size(&shape))
        rt_convolution_pack(&shape, one.weights, &packed)
        let expected = one.expected(transposed: false)
        Kernels.withEveryInstructionSet { set in
          var output = [Float](repeating: .nan, count: shape.outputs * one.outputChannel)
          var scratch = [Float](repeating: .nan, count: rt_convolution_scratch(&shape))
          rt_convolution(
            &shape, packed, one.bias, one.input, one.inputChannel, one.firstRow, &output, one.outputChannel, &scratch,
            nil)
          one.check(output, expected, set)
          // The same with sums that it shares, made by itself or, of some channels, by the one before it.
          let channels = shape.channels + 3
          var sums = [Float](repeating: .nan, count: rt_convolution_shared(&shape, channels))
          for ready in [0, shape.channels / 2, shape.channels] where !sums.isEmpty {
            output = [Float](repeating: .nan, count: output.count)
            sums.withUnsafeMutableBufferPointer { sums in
              var shared = rt_shared_rows(sums: sums.baseAddress, channels: channels, ready: ready)
              rt_convolution(
                &shape, packed, one.bias, one.input, one.inputChannel, one.firstRow, &output, one.outputChannel,
                &scratch, &shared)
            }
            one.check(output, expected, set)
          }
        }
      }
    }

    @Test("a transposed convolution is the sum that defines it, whatever its shape", arguments: 0..<8)
    func transposed(seed: UInt64) {
      var random = Seeded(state: 100 + seed)
      for _ in 0..<40 {
        guard let one = ConvolutionCase(rt_convolution_shape.any(&random), transposed: true, &random) else { continue }
        let expected = one.expected(transposed: true)
        Kernels.withEveryInstructionSet { set in one.check(one.result(transposed: true), expected, set) }
      }
    }

    @Test("sizes are those of the papers")
    func sizes() {
      var shape = rt_convolution_shape(
        channels: 1, height: 16, width: 512, outputs: 16, kernel_height: 5, kernel_width: 5, stride_height: 2,
        stride_width: 2, dilation_height: 1, dilation_width: 1, top: 2, bottom: 2, left: 2, right: 2, extra_height: 0,
        extra_width: 0, groups: 1, relu: true, bytes: false)
      #expect(rt_convolution_height(&shape) == 8)
      #expect(rt_convolution_width(&shape) == 256)
      shape.extra_height = 1
      shape.extra_width = 1
      #expect(rt_transposed_convolution_height(&shape) == 32)
      #expect(rt_transposed_convolution_width(&shape) == 1024)
    }
  }
}
