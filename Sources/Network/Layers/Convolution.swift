internal import CRealtime

/// A convolution over height (frames, mostly) and width (bins): `[in, h, w]` to `[out, h′, w′]`.
struct ConvolutionForm: ConvolvingForm {
  static let kind = "convolution"
  static let keys = ["stride", "dilation", "padding", "groups", "activation", "slope", "weights"]

  var convolution: ConvolutionShape
  let multiplications: Int

  init(_ reading: LayerReading) throws(ModelError) {
    convolution = try ConvolutionShape(reading, isTransposed: false)
    let (weight, input, geometry) = (convolution.weight, reading.input, convolution.geometry)
    guard weight[1] * geometry.groups == input[0], weight[0].isMultiple(of: geometry.groups) else {
      throw reading.refusal(
        "weight", found: "shape \(weight)",
        expected: "[out, \(input[0])\(geometry.groups == 1 ? "" : " / \(geometry.groups)"), height, width]")
    }
    let reach = (geometry.dilation_height * (weight[2] - 1), geometry.dilation_width * (weight[3] - 1))
    guard input[1] + geometry.top + geometry.bottom > reach.0, input[2] + geometry.left + geometry.right > reach.1
    else { throw reading.inputRefusal(expected: "at least the kernel's \(reach.0 + 1) × \(reach.1 + 1)") }
    try reading.bounded(convolution.result)
    try reading.bounded(memory: convolution.scratch)
    multiplications = convolution.result.numbers * weight[1] * weight[2] * weight[3]
  }

  /// A tile of the result is computed from a copy of what it reads, zeros of the padding and what strides leave out
  /// included.
  var moves: Int { shape[1] * ((shape[2] + 47) / 48) * convolution.geometry.groups * memory }

  /// The weights lie by output channel.
  func scaled(_ weights: [Float], by scale: [Float]) -> [Float] {
    let each = convolution.weight[1] * convolution.weight[2] * convolution.weight[3]
    return weights.enumerated().map { $1 * scale[$0 / each] }
  }
}

/// A transposed convolution over height and width: `[in, h, w]` to `[out, h′, w′]`, `padding` cut off its result.
struct TransposedConvolutionForm: ConvolvingForm {
  static let kind = "transposed-convolution"
  static let keys = ["stride", "dilation", "padding", "extra", "groups", "activation", "slope", "weights"]

  var convolution: ConvolutionShape
  let multiplications: Int

  init(_ reading: LayerReading) throws(ModelError) {
    convolution = try ConvolutionShape(reading, isTransposed: true)
    let (weight, input, geometry) = (convolution.weight, reading.input, convolution.geometry)
    guard weight[0] == input[0], input[0].isMultiple(of: geometry.groups) else {
      throw reading.refusal("weight", found: "shape \(weight)", expected: "[\(input[0]), out, height, width]")
    }
    let whole = (
      (input[1] - 1) * geometry.stride_height + geometry.dilation_height * (weight[2] - 1) + 1 + geometry.extra_height,
      (input[2] - 1) * geometry.stride_width + geometry.dilation_width * (weight[3] - 1) + 1 + geometry.extra_width
    )
    guard whole.0 > geometry.top + geometry.bottom, whole.1 > geometry.left + geometry.right else {
      throw reading.section.refusal("padding", expected: "less than the \(whole.0) × \(whole.1) that it cuts")
    }
    try reading.bounded(convolution.result)
    try reading.bounded(memory: convolution.scratch)
    multiplications = input.numbers * weight[1] * weight[2] * weight[3]
  }

  /// Each phase of the strides is a convolution of its own, whose taps are looked for.
  var moves: Int {
    let (geometry, weight) = (convolution.geometry, convolution.weight)
    let phases = (min(geometry.stride_height, shape[1]), min(geometry.stride_width, shape[2]))
    let tiles = (shape[1] / phases.0 + 1) * (shape[2] / phases.1 / 48 + 1)
    return phases.0 * phases.1 * (weight[2] + weight[3] + tiles * geometry.groups * memory)
  }

  /// The weights lie by input channel; those of one group reach the outputs of that group.
  func scaled(_ weights: [Float], by scale: [Float]) -> [Float] {
    let weight = convolution.weight
    let (kernel, outputs, inputs) = (weight[2] * weight[3], weight[1], weight[0] / convolution.geometry.groups)
    return weights.enumerated().map { place, value in
      value * scale[place / (kernel * outputs) / inputs * outputs + place / kernel % outputs]
    }
  }
}

/// What the two kinds of convolution have in common.
protocol ConvolvingForm: FoldingForm {
  var convolution: ConvolutionShape { get set }
  /// The weights with each output channel times its `scale`.
  func scaled(_ weights: [Float], by scale: [Float]) -> [Float]
}

extension ConvolvingForm {
  var shape: Shape { convolution.result }
  var activation: Activation { convolution.activation }

  var tensors: [TensorNeed] {
    [TensorNeed(name: "weight", shape: convolution.weight, type: convolution.type, isWidened: true)]
      + (convolution.hasBias ? [TensorNeed(name: "bias", shape: [shape[0]])] : [])
  }

  var memory: Int { convolution.scratch }
  var padding: Int { convolution.packedCount - convolution.weight.numbers }

  func activated(_ activation: Activation) -> Self {
    var form = self
    form.convolution.activation = activation
    return form
  }

  func folded(scale: [Float], shift: [Float], axis: Int, tensors: [WeightBlock]) -> (Self, [WeightBlock])? {
    guard axis == 0 else { return nil }
    var form = self
    form.convolution.hasBias = true
    let bias = foldedBias(convolution.hasBias ? tensors[1] : nil, scale: scale, shift: shift)
    return (form, [WeightBlock(scaled(tensors[0].numbers, by: scale)), bias])
  }

  func packed(_ tensors: [WeightBlock]) -> [WeightBlock] {
    [convolution.packed(tensors[0])] + tensors.dropFirst()
  }

  func layers(_ places: LayerPlaces) -> [Layer] { [.convolution(Convolution(places, convolution))] }
}

/// A running ``ConvolutionForm`` or ``TransposedConvolutionForm``.
@safe
struct Convolution {
  private let geometry: rt_convolution_shape
  private let isTransposed: Bool
  private let weights: UnsafePointer<Float>
  private let bias: UnsafePointer<Float>?
  private let input: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>
  private let scratch: UnsafeMutablePointer<Float>
  private let plane: Int
  private let count: Int
  private let activation: Activation
  /// Sums of the input that it shares with others; of no channels where it does not.
  private var shared = unsafe rt_shared_rows()

  init(_ places: LayerPlaces, _ shape: ConvolutionShape) {
    var geometry = shape.geometry
    geometry.relu = shape.activation.kind == .relu
    self.geometry = geometry
    isTransposed = shape.isTransposed
    unsafe weights = places.weights[0]
    unsafe bias = shape.hasBias ? places.weights[1] : nil
    unsafe (input, output, scratch) = (places.inputs[0], places.result, places.memory)
    plane = shape.result[1] * shape.result[2]
    count = shape.result.numbers
    activation = geometry.relu ? Activation(kind: .linear, slope: 0) : shape.activation
  }

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    var geometry = geometry
    let channel = geometry.height &* geometry.width
    if isTransposed {
      unsafe rt_transposed_convolution(&geometry, weights, bias, input, channel, 0, output, plane, scratch)
    } else {
      var shared = unsafe shared
      unsafe rt_convolution(&geometry, weights, bias, input, channel, 0, output, plane, scratch, &shared)
    }
    unsafe activation.apply(output, count: count)
  }

  /// The rows that it reads, if what is made of them could serve others that read them, too.
  var rows: SharedRows.Rows? {
    var geometry = geometry
    guard !isTransposed, unsafe rt_convolution_shared(&geometry, 1) > 0 else { return nil }
    let end = unsafe input + geometry.channels * geometry.height * geometry.width
    return SharedRows.Rows(
      end: UInt(bitPattern: end), height: geometry.height, width: geometry.width, left: geometry.left,
      right: geometry.right)
  }

  /// How many channels of its rows it reads: the last ones.
  var channels: Int { geometry.channels }

  /// The floats that the sums of so many channels of its rows take.
  func sums(of channels: Int) -> Int {
    var geometry = geometry
    return unsafe rt_convolution_shared(&geometry, channels)
  }

  /// From now on it reads sums at `sums`, where there is room for those of `channels` channels, and makes them for all
  /// but the last `ready`.
  mutating func share(_ sums: UnsafeMutablePointer<Float>, channels: Int, ready: Int) {
    unsafe shared = rt_shared_rows(sums: sums, channels: channels, ready: ready)
  }
}
