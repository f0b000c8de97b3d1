import CRealtime
import Testing

extension Kernels {
  @Suite("Convolutions")
  struct ConvolutionTests {
    @Test("a convolution is the sum that defines it, whatever its shape", arguments: 0..<8)
    func ordinary(seed: UInt64) {
      var random = Seeded(state: seed)
      for _ in 0..<40 {
        var shape = rt_convolution_shape.any(&random)
        guard shape.top + shape.height + shape.bottom >= shape.reachDown,
          shape.left + shape.width + shape.right >= shape.reachAcross
        else { continue }
        let (height, width) = (rt_convolution_height(&shape), rt_convolution_width(&shape))
        let one = ConvolutionCase(shape, height: height, width: width, &random)
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
        var shape = rt_convolution_shape.any(&random)
        shape.extra_height = Int.random(in: 0...2, using: &random)
        shape.extra_width = Int.random(in: 0...2, using: &random) * min(shape.width - 1, 1)
        guard
          (shape.height - 1) * shape.stride_height + shape.reachDown + shape.extra_height > shape.top + shape.bottom,
          (shape.width - 1) * shape.stride_width + shape.reachAcross + shape.extra_width > shape.left + shape.right
        else { continue }
        let height = rt_transposed_convolution_height(&shape)
        let width = rt_transposed_convolution_width(&shape)
        let one = ConvolutionCase(shape, height: height, width: width, &random)
        var packed = [Float](repeating: .nan, count: rt_transposed_convolution_size(&shape))
        rt_transposed_convolution_pack(&shape, one.weights, &packed)
        let expected = one.expected(transposed: true)
        Kernels.withEveryInstructionSet { set in
          var output = [Float](repeating: .nan, count: shape.outputs * one.outputChannel)
          var scratch = [Float](repeating: .nan, count: rt_transposed_convolution_scratch(&shape))
          rt_transposed_convolution(
            &shape, packed, one.bias, one.input, one.inputChannel, one.firstRow, &output, one.outputChannel, &scratch)
          one.check(output, expected, set)
        }
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
