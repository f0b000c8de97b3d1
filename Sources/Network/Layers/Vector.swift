internal import CRealtime

/// A layer whose activations, weights and biases are vectors of three: `z = Σ w × a + b` with the cross product
/// (Fan, Chan, Yang, Jang 2017, vector product neural network).
///
/// Each component of the result needs two of the three weight matrices: `z₀ = W₁ a₂ − W₂ a₁` and so on around.
struct VectorForm: LayerForm {
  static let kind = "vector"
  static let keys = ["activation", "slope", "component", "weights"]

  let shape: Shape
  let matrix: MatrixForm
  let activation: Activation
  let component: Int?

  init(_ reading: LayerReading) throws(ModelError) {
    guard reading.input.count == 2, reading.input[0] == 3 else {
      throw reading.inputRefusal(expected: "[3, width], three components")
    }
    activation = try reading.activation()
    component = reading.section.has("component") ? try reading.section.integer("component", in: 0...2) : nil
    matrix = try MatrixForm("weight", of: reading, columns: reading.input[1], stack: 3)
    guard reading.optionalShape(of: "bias") == [3, matrix.rows] else {
      throw reading.refusal(
        "bias", found: reading.optionalShape(of: "bias").map { "shape \($0)" } ?? "no such tensor",
        expected: "[3, \(matrix.rows)]")
    }
    shape = component == nil ? [3, matrix.rows] : [matrix.rows]
  }

  var tensors: [TensorNeed] { matrix.tensors + [TensorNeed(name: "bias", shape: [3, matrix.rows])] }
  var memory: Int { aligned(matrix.rows) + matrix.scratch(inputs: 1) }
  var multiplications: Int { (component == nil ? 6 : 2) * matrix.rows * matrix.columns }

  func packed(_ tensors: [WeightBlock]) -> [WeightBlock] {
    matrix.packed(tensors) + tensors[matrix.tensors.count...]
  }

  func layers(_ places: LayerPlaces) -> [Layer] {
    [
      unsafe .vector(
        Vector(
          products: (
            matrix.product(places.weights, part: 0, scratch: places.memory + aligned(matrix.rows)),
            matrix.product(places.weights, part: 1, scratch: places.memory + aligned(matrix.rows)),
            matrix.product(places.weights, part: 2, scratch: places.memory + aligned(matrix.rows))
          ), bias: places.weights[matrix.blocks], input: places.inputs[0], output: places.result,
          work: places.memory, inputs: matrix.columns, outputs: matrix.rows, activation: activation,
          first: component ?? 0, last: component ?? 2))
    ]
  }
}

/// A running ``VectorForm``.
@safe
struct Vector {
  let products: (MatrixProduct, MatrixProduct, MatrixProduct)
  let bias: UnsafePointer<Float>
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let work: UnsafeMutablePointer<Float>
  let inputs: Int
  let outputs: Int
  let activation: Activation
  let first: Int
  let last: Int

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    var target = unsafe output
    for component in first...last {
      let (next, after) = ((component &+ 1) % 3, (component &+ 2) % 3)
      unsafe apply(next, to: input + after &* inputs, bias: bias + component &* outputs, into: target)
      unsafe apply(after, to: input + next &* inputs, bias: nil, into: work)
      unsafe rt_subtract(target, work, target, outputs)
      unsafe activation.apply(target, count: outputs)
      unsafe target += outputs
    }
  }

  @_noLocks @unsafe
  private func apply(
    _ component: Int, to vector: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    into target: UnsafeMutablePointer<Float>
  ) {
    switch component {
    case 0: unsafe products.0.apply(vector, bias: bias, to: target)
    case 1: unsafe products.1.apply(vector, bias: bias, to: target)
    default: unsafe products.2.apply(vector, bias: bias, to: target)
    }
  }
}
