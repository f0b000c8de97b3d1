import CRealtime
import Testing

extension rt_convolution_shape {
  /// Any small shape; most have something odd about them.
  static func any(_ random: inout Seeded) -> rt_convolution_shape {
    func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let groups = pick(0...1) == 0 ? 1 : pick(1...4)
    let isColumn = pick(0...7) == 0
    var shape = rt_convolution_shape(
      channels: groups * (pick(0...7) == 0 ? pick(20...40) : pick(1...4)), height: pick(1...6),
      width: pick(0...1) == 0 ? pick(1...12) : pick(13...150),
      outputs: groups * (pick(0...1) == 0 ? pick(1...3) : pick(4...40)), kernel_height: pick(1...5),
      kernel_width: pick(0...2) == 0 ? pick(4...9) : pick(1...3), stride_height: pick(1...3), stride_width: pick(1...3),
      dilation_height: pick(1...3), dilation_width: pick(1...3), top: pick(0...4), bottom: pick(0...4),
      left: pick(0...5), right: pick(0...5), extra_height: 0, extra_width: 0, groups: groups, relu: pick(0...1) == 0,
      bytes: false)
    if isColumn {
      shape.height = pick(1...100)
      (shape.width, shape.kernel_width, shape.left, shape.right) = (1, 1, 0, 0)
    } else if pick(0...4) == 0 {
      shape.becomeRow(outputs: pick(5...60))
    } else if pick(0...4) == 0 {
      shape.becomeHalved(width: pick(90...290), kernel: pick(3...7), outputs: pick(5...60))
    }
    return shape
  }

  /// Three taps along a row, of which dense blocks are made.
  private mutating func becomeRow(outputs: Int) {
    (self.outputs, groups, kernel_height, kernel_width) = (outputs, 1, 1, 3)
    (stride_height, stride_width, dilation_width, top, bottom) = (1, 1, 1, 0, 0)
  }

  /// Steps of two along a row, as U-Nets have them.
  private mutating func becomeHalved(width: Int, kernel: Int, outputs: Int) {
    (self.width, kernel_width, self.outputs, groups, stride_width, dilation_width) = (width, kernel, outputs, 1, 2, 1)
  }

  var reachDown: Int { (kernel_height - 1) * dilation_height + 1 }
  var reachAcross: Int { (kernel_width - 1) * dilation_width + 1 }
}

/// Input, weights and bias for a shape, with something between the channels of input and output.
struct ConvolutionCase {
  let shape: rt_convolution_shape
  let height, width, inputChannel, outputChannel, firstRow: Int
  var input: [Float]
  let weights: [Float]
  let bias: [Float]?
  /// How large a product may be.
  let largest: Double

  /// Draws one, unless the shape has no points.
  ///
  /// What of a shape only transposed convolutions have is drawn with it.
  ///
  /// - Parameter steps: Whether rounding to bytes loses nothing: 254 steps of the input, and weights of -1, 0 and 1.
  init?(_ any: rt_convolution_shape, transposed: Bool, steps: Bool = false, _ random: inout Seeded) {
    var shape = any
    if transposed {
      shape.extra_height = Int.random(in: 0...2, using: &random)
      shape.extra_width = Int.random(in: 0...2, using: &random) * min(shape.width - 1, 1)
      guard
        (shape.height - 1) * shape.stride_height + shape.reachDown + shape.extra_height > shape.top + shape.bottom,
        (shape.width - 1) * shape.stride_width + shape.reachAcross + shape.extra_width > shape.left + shape.right
      else { return nil }
      (height, width) = (rt_transposed_convolution_height(&shape), rt_transposed_convolution_width(&shape))
    } else {
      guard shape.top + shape.height + shape.bottom >= shape.reachDown,
        shape.left + shape.width + shape.right >= shape.reachAcross
      else { return nil }
      (height, width) = (rt_convolution_height(&shape), rt_convolution_width(&shape))
    }
    self.shape = shape
    inputChannel = shape.height * shape.width + Int.random(in: 0...9, using: &random)
    outputChannel = height * width + Int.random(in: 0...5, using: &random)
    firstRow = Int.random(in: 0..<shape.height, using: &random)
    let count = shape.outputs * (shape.channels / shape.groups) * shape.kernel_height * shape.kernel_width
    if steps {
      var points = (0..<shape.channels * inputChannel).map { _ in Float(Int.random(in: -100...154, using: &random)) }
      // The least and the largest, each at a point of its own if there are two; what lies between channels is no point.
      (points[0], points[(shape.channels - 1) * inputChannel + shape.height * shape.width - 1]) = (-100, 154)
      for channel in 0..<shape.channels {
        for index in channel * inputChannel + shape.height * shape.width..<(channel + 1) * inputChannel {
          points[index] = 1e9
        }
      }
      input = points
      weights = (0..<count).map { _ in Float(Int.random(in: -1...1, using: &random)) }
      largest = 154
    } else {
      input = random.floats(shape.channels * inputChannel)
      weights = random.floats(count)
      largest = 1
    }
    bias = Bool.random(using: &random) ? random.floats(shape.outputs) : nil
  }

  /// What the kernel gives with the instructions that it may use now.
  func result(transposed: Bool) -> [Float] {
    var shape = shape
    let size = transposed ? rt_transposed_convolution_size(&shape) : rt_convolution_size(&shape)
    let room = transposed ? rt_transposed_convolution_scratch(&shape) : rt_convolution_scratch(&shape)
    var (packed, scratch) = ([Float](repeating: .nan, count: size), [Float](repeating: .nan, count: room))
    var output = [Float](repeating: .nan, count: shape.outputs * outputChannel)
    if transposed {
      rt_transposed_convolution_pack(&shape, weights, &packed)
      rt_transposed_convolution(
        &shape, packed, bias, input, inputChannel, firstRow, &output, outputChannel, &scratch)
    } else {
      rt_convolution_pack(&shape, weights, &packed)
      rt_convolution(&shape, packed, bias, input, inputChannel, firstRow, &output, outputChannel, &scratch, nil)
    }
    return output
  }

  /// Every tap of every channel: what it adds to the sums, one by one in double precision.
  ///
  /// - Parameter transposed: Whether a step of the kernel moves the output rather than the input.
  func expected(transposed: Bool) -> [Double] {
    var sums = [Double](repeating: 0, count: shape.outputs * height * width)
    let (channels, outputs) = (shape.channels / shape.groups, shape.outputs / shape.groups)
    let (rows, columns) = transposed ? (shape.height, shape.width) : (height, width)
    let (rowLimit, columnLimit) = transposed ? (height, width) : (shape.height, shape.width)
    for output in 0..<shape.outputs {
      for channel in output / outputs * channels..<(output / outputs + 1) * channels {
        for i in 0..<shape.kernel_height {
          for j in 0..<shape.kernel_width {
            let pair =
              transposed ? channel * outputs + output % outputs : output * channels + channel % channels
            let weight = Double(weights[(pair * shape.kernel_height + i) * shape.kernel_width + j])
            for row in 0..<rows {
              let other = row * shape.stride_height + i * shape.dilation_height - shape.top
              guard other >= 0, other < rowLimit else { continue }
              for column in 0..<columns {
                let across = column * shape.stride_width + j * shape.dilation_width - shape.left
                guard across >= 0, across < columnLimit else { continue }
                let from = transposed ? (row, column) : (other, across)
                let to = transposed ? (other, across) : (row, column)
                let memoryRow = (from.0 + firstRow) % shape.height
                sums[(output * height + to.0) * width + to.1] +=
                  weight * Double(input[channel * inputChannel + memoryRow * shape.width + from.1])
              }
            }
          }
        }
      }
    }
    for index in sums.indices {
      if let bias { sums[index] += Double(bias[index / (height * width)]) }
      if shape.relu { sums[index] = max(0, sums[index]) }
    }
    return sums
  }

  func check(_ output: [Float], _ expected: [Double], _ set: rt_instructions) {
    let terms = shape.channels / shape.groups * shape.kernel_height * shape.kernel_width + 1
    // Rounding errors of a sum of n grow as n at the worst. What is filtered minimally adds and
    // subtracts up to ten times as much on the way.
    let isFiltered = shape.kernel_width == 3 || shape.stride_width == 2 && 3...6 ~= shape.kernel_width
    let bound = largest * Double(terms) * Double(Float.ulpOfOne) * (isFiltered ? 10 : 2)
    var worst = 0.0
    for channel in 0..<shape.outputs {
      for index in 0..<outputChannel {
        let value = output[channel * outputChannel + index]
        if index < height * width {
          let distance = abs(Double(value) - expected[channel * height * width + index])
          worst = distance.isNaN ? .infinity : max(worst, distance)
        } else if !value.isNaN {
          worst = .infinity
        }
      }
    }
    #expect(worst <= bound, "\(shape), first row \(firstRow), \(set)")
  }
}
