internal import CRealtime

/// A convolution over height (frames, mostly) and width (bins): `[in, h, w]` to `[out, h′, w′]`.
struct ConvolutionForm: FoldingForm {
  static let kind = "convolution"
  static let keys = ["stride", "dilation", "padding", "groups", "activation", "slope"]

  let shape: Shape
  let geometry: rt_convolution_shape
  let weight: Shape
  private(set) var hasBias: Bool
  private(set) var activation: Activation
  let multiplications: Int

  init(_ reading: LayerReading) throws(ModelError) {
    try reading.require(axes: 3, exactly: true)
    activation = try reading.activation()
    weight = try reading.shape(of: "weight", axes: 4)
    hasBias = reading.has("bias")
    let groups = try reading.section.integer("groups", in: 1...Bounds.extent, standard: 1)
    let input = reading.input
    guard weight[1] * groups == input[0], weight[0].isMultiple(of: groups) else {
      throw reading.refusal(
        "weight", found: "shape \(weight)",
        expected: "[out, \(input[0])\(groups == 1 ? "" : " / \(groups)"), height, width]")
    }
    var geometry = try ConvolutionGeometry(reading, kernel: (weight[2], weight[3])).shape
    geometry.outputs = weight[0]
    geometry.groups = groups
    self.geometry = geometry
    let reach = (geometry.dilation_height * (weight[2] - 1), geometry.dilation_width * (weight[3] - 1))
    guard input[1] + geometry.top + geometry.bottom > reach.0, input[2] + geometry.left + geometry.right > reach.1
    else { throw reading.inputRefusal(expected: "at least the kernel's \(reach.0 + 1) × \(reach.1 + 1)") }
    shape = unsafe [weight[0], rt_convolution_height(&geometry), rt_convolution_width(&geometry)]
    multiplications = try reading.bounded(shape) * weight[1] * weight[2] * weight[3]
    try reading.bounded(memory: memory)
  }

  /// A tile of the result is computed from a copy of what it reads, zeros of the padding and what strides leave out
  /// included.
  var moves: Int { shape[1] * ((shape[2] + 47) / 48) * geometry.groups * memory }

  var tensors: [TensorNeed] {
    [TensorNeed(name: "weight", shape: weight)] + (hasBias ? [TensorNeed(name: "bias", shape: [weight[0]])] : [])
  }
  var memory: Int {
    var geometry = geometry
    return unsafe rt_convolution_scratch(&geometry)
  }

  func packed(_ tensors: [WeightBlock]) -> [WeightBlock] {
    var geometry = geometry
    let packed = unsafe WeightBlock(bytes: 4 * rt_convolution_size(&geometry))
    unsafe rt_convolution_pack(&geometry, tensors[0].floats, packed.floats)
    return [packed] + tensors.dropFirst()
  }

  func activated(_ activation: Activation) -> ConvolutionForm {
    var form = self
    form.activation = activation
    return form
  }

  func folded(scale: [Float], shift: [Float], axis: Int, tensors: [WeightBlock]) -> (ConvolutionForm, [WeightBlock])? {
    guard axis == 0 else { return nil }
    let each = weight[1] * weight[2] * weight[3]
    let weights = tensors[0].numbers.enumerated().map { $1 * scale[$0 / each] }
    var form = self
    form.hasBias = true
    return (form, [WeightBlock(weights), foldedBias(hasBias ? tensors[1] : nil, scale: scale, shift: shift)])
  }

  func layers(_ places: LayerPlaces) -> [Layer] {
    var geometry = geometry
    geometry.relu = activation.kind == .relu
    return [
      unsafe .convolution(
        Convolution(
          geometry: geometry, weights: places.weights[0], bias: hasBias ? places.weights[1] : nil,
          input: places.inputs[0], output: places.result, scratch: places.memory, count: shape.numbers,
          activation: geometry.relu ? Activation(kind: .linear, slope: 0) : activation))
    ]
  }
}

/// A running ``ConvolutionForm``.
@safe
struct Convolution {
  let geometry: rt_convolution_shape
  let weights: UnsafePointer<Float>
  let bias: UnsafePointer<Float>?
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let scratch: UnsafeMutablePointer<Float>
  let count: Int
  let activation: Activation

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    var geometry = geometry
    let (height, width) = unsafe (rt_convolution_height(&geometry), rt_convolution_width(&geometry))
    unsafe rt_convolution(
      &geometry, weights, bias, input, geometry.height &* geometry.width, 0, output, height &* width, scratch)
    unsafe activation.apply(output, count: count)
  }
}

/// The keys that both kinds of convolution share.
struct ConvolutionGeometry {
  let shape: rt_convolution_shape

  init(_ reading: LayerReading, kernel: (height: Int, width: Int)) throws(ModelError) {
    let extents = 1...Bounds.extent
    let stride = try reading.integers("stride", count: 2...2, in: extents, standard: [1, 1])
    let dilation = try reading.integers("dilation", count: 2...2, in: extents, standard: [1, 1])
    let padding = try reading.integers("padding", count: 4...4, in: 0...Bounds.extent, standard: [0, 0, 0, 0])
    var shape = rt_convolution_shape()
    (shape.channels, shape.height, shape.width) = (reading.input[0], reading.input[1], reading.input[2])
    (shape.kernel_height, shape.kernel_width) = (kernel.height, kernel.width)
    (shape.stride_height, shape.stride_width) = (stride[0], stride[1])
    (shape.dilation_height, shape.dilation_width) = (dilation[0], dilation[1])
    (shape.top, shape.bottom, shape.left, shape.right) = (padding[0], padding[1], padding[2], padding[3])
    self.shape = shape
  }
}
