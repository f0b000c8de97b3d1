internal import CRealtime

/// A transposed convolution over height and width: `[in, h, w]` to `[out, h′, w′]`, `padding` cut off its result.
struct TransposedConvolutionForm: FoldingForm {
  static let kind = "transposed-convolution"
  static let keys = ["stride", "dilation", "padding", "extra", "groups", "activation", "slope"]

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
    let extra = try reading.integers("extra", count: 2...2, in: 0...Bounds.extent, standard: [0, 0])
    let input = reading.input
    guard weight[0] == input[0], input[0].isMultiple(of: groups) else {
      throw reading.refusal("weight", found: "shape \(weight)", expected: "[\(input[0]), out, height, width]")
    }
    var geometry = try ConvolutionGeometry(reading, kernel: (weight[2], weight[3])).shape
    geometry.outputs = weight[1] * groups
    geometry.groups = groups
    (geometry.extra_height, geometry.extra_width) = (extra[0], extra[1])
    self.geometry = geometry
    let whole = (
      (input[1] - 1) * geometry.stride_height + geometry.dilation_height * (weight[2] - 1) + 1 + extra[0],
      (input[2] - 1) * geometry.stride_width + geometry.dilation_width * (weight[3] - 1) + 1 + extra[1]
    )
    guard whole.0 > geometry.top + geometry.bottom, whole.1 > geometry.left + geometry.right else {
      throw reading.section.refusal("padding", expected: "less than the \(whole.0) × \(whole.1) that it cuts")
    }
    shape = unsafe [
      weight[1] * groups, rt_transposed_convolution_height(&geometry), rt_transposed_convolution_width(&geometry),
    ]
    try reading.bounded(shape)
    multiplications = input.numbers * weight[1] * weight[2] * weight[3]
    try reading.bounded(memory: memory)
  }

  /// Each phase of the strides is a convolution of its own, whose taps are looked for.
  var moves: Int {
    let phases = (min(geometry.stride_height, shape[1]), min(geometry.stride_width, shape[2]))
    let tiles = (shape[1] / phases.0 + 1) * (shape[2] / phases.1 / 48 + 1)
    return phases.0 * phases.1 * (weight[2] + weight[3] + tiles * geometry.groups * memory)
  }

  var tensors: [TensorNeed] {
    [TensorNeed(name: "weight", shape: weight)] + (hasBias ? [TensorNeed(name: "bias", shape: [shape[0]])] : [])
  }
  var memory: Int {
    var geometry = geometry
    return unsafe rt_transposed_convolution_scratch(&geometry)
  }

  func packed(_ tensors: [WeightBlock]) -> [WeightBlock] {
    var geometry = geometry
    let packed = unsafe WeightBlock(bytes: 4 * rt_transposed_convolution_size(&geometry))
    unsafe rt_transposed_convolution_pack(&geometry, tensors[0].floats, packed.floats)
    return [packed] + tensors.dropFirst()
  }

  func activated(_ activation: Activation) -> TransposedConvolutionForm {
    var form = self
    form.activation = activation
    return form
  }

  func folded(scale: [Float], shift: [Float], axis: Int, tensors: [WeightBlock]) -> (
    TransposedConvolutionForm, [WeightBlock]
  )? {
    guard axis == 0 else { return nil }
    // The weights lie by input channel; those of one group reach the outputs of that group.
    let (kernel, outputs, inputs) = (weight[2] * weight[3], weight[1], weight[0] / geometry.groups)
    let weights = tensors[0].numbers.enumerated().map { place, value in
      let channel = place / (kernel * outputs)
      return value * scale[channel / inputs * outputs + place / kernel % outputs]
    }
    var form = self
    form.hasBias = true
    return (form, [WeightBlock(weights), foldedBias(hasBias ? tensors[1] : nil, scale: scale, shift: shift)])
  }

  func layers(_ places: LayerPlaces) -> [Layer] {
    var geometry = geometry
    geometry.relu = activation.kind == .relu
    return [
      unsafe .transposedConvolution(
        TransposedConvolution(
          geometry: geometry, weights: places.weights[0], bias: hasBias ? places.weights[1] : nil,
          input: places.inputs[0], output: places.result, scratch: places.memory, plane: shape[1] * shape[2],
          count: shape.numbers,
          activation: geometry.relu ? Activation(kind: .linear, slope: 0) : activation))
    ]
  }
}

/// A running ``TransposedConvolutionForm``.
@safe
struct TransposedConvolution {
  let geometry: rt_convolution_shape
  let weights: UnsafePointer<Float>
  let bias: UnsafePointer<Float>?
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let scratch: UnsafeMutablePointer<Float>
  let plane: Int
  let count: Int
  let activation: Activation

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    var geometry = geometry
    unsafe rt_transposed_convolution(
      &geometry, weights, bias, input, geometry.height &* geometry.width, 0, output, plane, scratch)
    unsafe activation.apply(output, count: count)
  }
}
