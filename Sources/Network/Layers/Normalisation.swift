internal import CRealtime

/// Mean 0 and variance 1 over the last axes, then a scale and a shift each (Ba, Kiros and Hinton 2016).
struct LayerNormalisationForm: LayerForm {
  static let kind = "layer-normalisation"
  static let keys = ["axes", "epsilon"]

  let shape: Shape
  let normalised: Shape
  let epsilon: Float
  let hasWeight: Bool
  let hasBias: Bool

  init(_ reading: LayerReading) throws(ModelError) {
    try reading.require(axes: 1)
    shape = reading.input
    let axes = try reading.section.integer("axes", in: 1...shape.count, standard: 1)
    normalised = shape.suffix(axes) + []
    epsilon = Float(try reading.section.number("epsilon", in: 0...1, standard: 1e-5))
    (hasWeight, hasBias) = (reading.has("weight"), reading.has("bias"))
  }

  var tensors: [TensorNeed] {
    (hasWeight ? [TensorNeed(name: "weight", shape: normalised)] : [])
      + (hasBias ? [TensorNeed(name: "bias", shape: normalised)] : [])
  }

  func layers(_ places: LayerPlaces) -> [Layer] {
    [
      unsafe .layerNormalisation(
        LayerNormalisation(
          weight: hasWeight ? places.weights[0] : nil, bias: hasBias ? places.weights[hasWeight ? 1 : 0] : nil,
          input: places.inputs[0], output: places.result, rows: shape.numbers / normalised.numbers,
          width: normalised.numbers, epsilon: epsilon))
    ]
  }
}

/// A running ``LayerNormalisationForm``.
@safe
struct LayerNormalisation {
  let weight: UnsafePointer<Float>?
  let bias: UnsafePointer<Float>?
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let rows: Int
  let width: Int
  let epsilon: Float

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    for row in 0..<rows {
      let (from, to) = unsafe (input + row &* width, output + row &* width)
      var mean: Float = 0
      var variance: Float = 0
      unsafe rt_moments(from, width, &mean, &variance)
      let scale = 1 / rt_sqrt(variance + epsilon)
      unsafe rt_affine(from, scale, -mean * scale, to, width)
      if let weight = unsafe weight { unsafe rt_multiply(to, weight, to, width) }
      if let bias = unsafe bias { unsafe rt_add(to, bias, to, width) }
    }
  }
}
