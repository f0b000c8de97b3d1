internal import CRealtime

/// `x · scale + shift`, one of each along an axis: the mean and variance a bin of a trained input, for one.
struct AffineForm: LayerForm {
  static let kind = "affine"
  static let keys = ["axis"]

  let shape: Shape
  let axis: Int
  let hasShift: Bool

  init(_ reading: LayerReading) throws(ModelError) {
    try reading.require(axes: 1)
    shape = reading.input
    axis = try reading.axis("axis", standard: -1)
    hasShift = reading.has("shift")
  }

  var tensors: [TensorNeed] {
    [TensorNeed(name: "scale", shape: [shape[axis]])]
      + (hasShift ? [TensorNeed(name: "shift", shape: [shape[axis]])] : [])
  }

  func packed(_ tensors: [WeightBlock]) -> [WeightBlock] {
    hasShift ? tensors : tensors + [WeightBlock([Float](repeating: 0, count: shape[axis]))]
  }

  func layers(_ places: LayerPlaces) -> [Layer] { [.affine(Affine(places, shape: shape, axis: axis))] }
}

/// The normalisation of a trained batch, `(x − mean) / √(variance + ε) · weight + bias` (Ioffe and Szegedy 2015): at
/// run time a scale and a shift a channel, which the layer before takes over where nothing lies between.
struct BatchNormalisationForm: LayerForm {
  static let kind = "batch-normalisation"
  static let keys = ["axis", "epsilon"]

  let shape: Shape
  let axis: Int
  let epsilon: Float
  let hasWeight: Bool
  let hasBias: Bool

  init(_ reading: LayerReading) throws(ModelError) {
    try reading.require(axes: 1)
    shape = reading.input
    axis = try reading.axis("axis", standard: 0)
    epsilon = Float(try reading.section.number("epsilon", in: 1e-12...1, standard: 1e-5))
    (hasWeight, hasBias) = (reading.has("weight"), reading.has("bias"))
  }

  var tensors: [TensorNeed] {
    let trained = (hasWeight ? ["weight"] : []) + (hasBias ? ["bias"] : [])
    return trained.map { TensorNeed(name: $0, shape: [shape[axis]]) }
      + ["mean", "variance"].map { TensorNeed(name: $0, shape: [shape[axis]], isTrained: false) }
  }

  /// Scale and shift.
  func packed(_ tensors: [WeightBlock]) -> [WeightBlock] {
    let count = shape[axis]
    let weight = hasWeight ? tensors[0].numbers : [Float](repeating: 1, count: count)
    let bias = hasBias ? tensors[hasWeight ? 1 : 0].numbers : [Float](repeating: 0, count: count)
    let (mean, variance) = (tensors[tensors.count - 2].numbers, tensors[tensors.count - 1].numbers)
    let scale = (0..<count).map { weight[$0] / (max(variance[$0], 0) + epsilon).squareRoot() }
    return [WeightBlock(scale), WeightBlock((0..<count).map { bias[$0] - mean[$0] * scale[$0] })]
  }

  func layers(_ places: LayerPlaces) -> [Layer] { [.affine(Affine(places, shape: shape, axis: axis))] }
}

/// A running ``AffineForm`` or ``BatchNormalisationForm``.
@safe
struct Affine {
  let scale: UnsafePointer<Float>
  let shift: UnsafePointer<Float>
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let runs: Int
  let extent: Int
  let run: Int

  init(_ places: LayerPlaces, shape: Shape, axis: Int) {
    unsafe (scale, shift) = (places.weights[0], places.weights[1])
    unsafe (input, output) = (places.inputs[0], places.result)
    (runs, extent, run) = (shape.outer(axis), shape[axis], shape.inner(axis))
  }

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    for index in 0..<runs {
      let start = index &* extent &* run
      if run == 1 {
        unsafe rt_multiply_add(input + start, scale, shift, output + start, extent)
      } else {
        for channel in 0..<extent {
          let place = start &+ channel &* run
          unsafe rt_affine(input + place, scale[channel], shift[channel], output + place, run)
        }
      }
    }
  }
}
