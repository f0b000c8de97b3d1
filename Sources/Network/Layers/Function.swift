internal import CRealtime

/// A function of each number by itself.
struct ActivationForm: LayerForm {
  static let kind = "activation"
  static let keys = ["function", "slope", "minimum", "maximum", "axis"]

  private(set) var shape: Shape
  let function: Function
  let slope: Float
  let minimum: Float
  let maximum: Float
  let axis: Int

  init(_ reading: LayerReading) throws(ModelError) {
    shape = reading.input
    guard reading.section.has("function") else { throw reading.section.refusal("function", expected: "one") }
    function = try reading.section.choice("function")
    slope = Float(try reading.section.number("slope", in: -100...100, standard: function.slope))
    minimum = Float(try reading.section.number("minimum", in: -1e30...1e30, standard: function == .log ? 1e-30 : -1e30))
    maximum = Float(try reading.section.number("maximum", in: -1e30...1e30, standard: 1e30))
    axis = try function == .prelu ? reading.axis("axis", standard: 0) : 0
  }

  var tensors: [TensorNeed] { function == .prelu ? [TensorNeed(name: "slope", shape: [shape[axis]])] : [] }

  func streamed(_ count: Int) -> (any LayerForm)? {
    guard function != .prelu else { return nil }
    var form = self
    form.shape = [count] + shape
    return form
  }

  func layers(_ places: LayerPlaces) -> [Layer] {
    [
      unsafe .activation(
        FunctionLayer(
          function: function, slopes: places.weights.first, input: places.inputs[0], output: places.result,
          count: shape.numbers, runs: function == .prelu ? shape.outer(axis) : 1,
          extent: function == .prelu ? shape[axis] : 1,
          run: function == .prelu ? shape.inner(axis) : shape.numbers, slope: slope, minimum: minimum, maximum: maximum)
      )
    ]
  }
}

/// The functions that an ``ActivationForm`` knows.
enum Function: String, Sendable, CaseIterable {
  case linear, relu
  case leakyReLU = "leaky-relu"
  case prelu, sigmoid, tanh, absolute, exp, log, log1p, expm1, sqrt, square, reciprocal, negate, clip, elu, softplus
  case hardSigmoid = "hard-sigmoid"

  /// What stands for a slope that is not given.
  var slope: Double {
    switch self {
    case .elu: 1
    case .hardSigmoid: 0.2
    default: 0.01
    }
  }
}

/// A running ``ActivationForm``.
@safe
struct FunctionLayer {
  let function: Function
  let slopes: UnsafePointer<Float>?
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let count: Int
  let runs: Int
  let extent: Int
  let run: Int
  let slope: Float
  let minimum: Float
  let maximum: Float

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    unsafe rt_copy(input, output, count)
    switch function {
    case .linear: break
    case .relu: unsafe rt_relu(output, count)
    case .leakyReLU: unsafe rt_leaky_relu(output, slope, count)
    case .prelu: stepPReLU()
    case .sigmoid: unsafe rt_sigmoid(output, count)
    case .tanh: unsafe rt_tanh(output, count)
    case .absolute: unsafe rt_absolute(output, count)
    case .exp: unsafe rt_exp(output, count)
    case .log:
      unsafe rt_clip(output, minimum, maximum, count)
      unsafe rt_log(output, count)
    case .log1p: unsafe rt_log1p(output, count)
    case .expm1: unsafe rt_expm1(output, count)
    case .sqrt: unsafe rt_square_root(output, count)
    case .square: unsafe rt_multiply(output, output, output, count)
    case .reciprocal:
      for index in 0..<count { unsafe output[index] = 1 / output[index] }
    case .negate: unsafe rt_affine(input, -1, 0, output, count)
    case .clip: unsafe rt_clip(output, minimum, maximum, count)
    case .elu: stepELU()
    case .softplus: stepSoftplus()
    case .hardSigmoid:
      unsafe rt_affine(input, slope, 0.5, output, count)
      unsafe rt_clip(output, 0, 1, count)
    }
  }

  @_noLocks
  private func stepPReLU() {
    guard let slopes = unsafe slopes else { return }
    for index in 0..<runs {
      for channel in 0..<extent {
        unsafe rt_leaky_relu(output + (index &* extent &+ channel) &* run, slopes[channel], run)
      }
    }
  }

  /// `x` above 0, `slope (eˣ − 1)` below.
  @_noLocks
  private func stepELU() {
    unsafe rt_clip(output, -88, 0, count)
    unsafe rt_expm1(output, count)
    for index in 0..<count {
      let x = unsafe input[index]
      unsafe output[index] = x > 0 ? x : slope * output[index]
    }
  }

  /// `log(1 + eˣ) = max(x, 0) + log1p(e^−|x|)`.
  @_noLocks
  private func stepSoftplus() {
    unsafe rt_absolute(output, count)
    unsafe rt_affine(output, -1, 0, output, count)
    unsafe rt_exp(output, count)
    unsafe rt_log1p(output, count)
    for index in 0..<count {
      let x = unsafe input[index]
      unsafe output[index] += x > 0 ? x : 0
    }
  }
}
