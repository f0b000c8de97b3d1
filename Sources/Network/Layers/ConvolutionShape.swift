internal import CRealtime

/// The keys and tensors of a convolution of either kind, and what follows from them.
struct ConvolutionShape: Sendable {
  var geometry: rt_convolution_shape
  let isTransposed: Bool
  let weight: Shape
  /// How the file has the weights; they are multiplied in single precision.
  let type: ElementType
  var hasBias: Bool
  var activation: Activation

  /// Reads the shape of a layer; whether weights, input and padding fit each other is the reader's to check.
  init(_ reading: LayerReading, isTransposed: Bool) throws(ModelError) {
    try reading.require(axes: 3, exactly: true)
    self.isTransposed = isTransposed
    activation = try reading.activation()
    weight = try reading.shape(of: "weight", axes: 4)
    type = try reading.weights()
    guard type != .integer else {
      throw reading.section.refusal("weights", expected: "\"single\" or \"half\" of a convolution")
    }
    hasBias = reading.has("bias")
    let extents = 1...Bounds.extent
    let stride = try reading.integers("stride", count: 2...2, in: extents, standard: [1, 1])
    let dilation = try reading.integers("dilation", count: 2...2, in: extents, standard: [1, 1])
    let padding = try reading.integers("padding", count: 4...4, in: 0...Bounds.extent, standard: [0, 0, 0, 0])
    let extra = try reading.integers("extra", count: 2...2, in: 0...Bounds.extent, standard: [0, 0])
    var geometry = rt_convolution_shape()
    (geometry.channels, geometry.height, geometry.width) = (reading.input[0], reading.input[1], reading.input[2])
    geometry.groups = try reading.section.integer("groups", in: extents, standard: 1)
    geometry.outputs = isTransposed ? weight[1] * geometry.groups : weight[0]
    (geometry.kernel_height, geometry.kernel_width) = (weight[2], weight[3])
    (geometry.stride_height, geometry.stride_width) = (stride[0], stride[1])
    (geometry.dilation_height, geometry.dilation_width) = (dilation[0], dilation[1])
    (geometry.top, geometry.bottom, geometry.left, geometry.right) = (padding[0], padding[1], padding[2], padding[3])
    (geometry.extra_height, geometry.extra_width) = (extra[0], extra[1])
    self.geometry = geometry
  }

  /// The shape of the result, once input, kernel and padding were found to fit.
  var result: Shape {
    var geometry = geometry
    return unsafe isTransposed
      ? [
        geometry.outputs, rt_transposed_convolution_height(&geometry), rt_transposed_convolution_width(&geometry),
      ] : [geometry.outputs, rt_convolution_height(&geometry), rt_convolution_width(&geometry)]
  }

  /// Floats of scratch that the kernel needs.
  var scratch: Int {
    var geometry = geometry
    return unsafe isTransposed ? rt_transposed_convolution_scratch(&geometry) : rt_convolution_scratch(&geometry)
  }

  /// Floats of the weights in the order in which the kernel reads them: each group's outputs fill whole panels.
  var packedCount: Int {
    var geometry = geometry
    return unsafe isTransposed ? rt_transposed_convolution_size(&geometry) : rt_convolution_size(&geometry)
  }

  /// The weights in the order in which the kernel reads them.
  func packed(_ weights: WeightBlock) -> WeightBlock {
    var geometry = geometry
    let packed = WeightBlock(bytes: 4 * packedCount)
    if isTransposed {
      unsafe rt_transposed_convolution_pack(&geometry, weights.floats, packed.floats)
    } else {
      unsafe rt_convolution_pack(&geometry, weights.floats, packed.floats)
    }
    return packed
  }
}
