internal import CRealtime

/// A layer whose activations, weights and biases are vectors of three: `z = Σ w × a + b` with the cross product
/// (Fan, Chan, Yang, Jang 2017, vector product neural network).
///
/// Each component of the result needs two of the three weight matrices: `z₀ = W₁ a₂ − W₂ a₁` and so on around; each
/// matrix meets the two vectors that it needs in one pass.
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
  var memory: Int { aligned(2 * matrix.rows) + matrix.scratch(inputs: 2) }
  var multiplications: Int { (component == nil ? 6 : 2) * matrix.rows * matrix.columns }

  func packed(_ tensors: [WeightBlock]) -> [WeightBlock] {
    matrix.packed(tensors) + tensors[matrix.tensors.count...]
  }

  func layers(_ places: LayerPlaces) -> [Layer] {
    [
      unsafe .vector(
        Vector(
          products: (
            matrix.product(places.weights, part: 0, scratch: places.memory + aligned(2 * matrix.rows)),
            matrix.product(places.weights, part: 1, scratch: places.memory + aligned(2 * matrix.rows)),
            matrix.product(places.weights, part: 2, scratch: places.memory + aligned(2 * matrix.rows))
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
    unsafe rt_copy(bias + first &* outputs, output, (last &- first &+ 1) &* outputs)
    for matrix in 0..<3 {
      if first == last {
        if matrix == first { continue }
        unsafe apply(matrix, to: input + (3 &- matrix &- first) &* inputs, count: 1, apart: inputs)
        unsafe add(work, of: matrix, to: first)
      } else {
        // The two others, in their order.
        let (low, high) = (matrix == 0 ? 1 : 0, matrix == 2 ? 1 : 2)
        unsafe apply(matrix, to: input + low &* inputs, count: 2, apart: (high &- low) &* inputs)
        unsafe add(work, of: matrix, to: high)
        unsafe add(work + outputs, of: matrix, to: low)
      }
    }
    unsafe activation.apply(output, count: (last &- first &+ 1) &* outputs)
  }

  /// Adds a matrix's product to a component of the result, or takes it away, as the cross product has it.
  @_noLocks @unsafe
  private func add(_ product: UnsafePointer<Float>, of matrix: Int, to component: Int) {
    let target = unsafe output + (component &- first) &* outputs
    if matrix == (component &+ 1) % 3 {
      unsafe rt_add(target, product, target, outputs)
    } else {
      unsafe rt_subtract(target, product, target, outputs)
    }
  }

  @_noLocks @unsafe
  private func apply(_ matrix: Int, to vectors: UnsafePointer<Float>, count: Int, apart: Int) {
    switch matrix {
    case 0: unsafe products.0.apply(vectors, count: count, apart: apart, bias: nil, to: work)
    case 1: unsafe products.1.apply(vectors, count: count, apart: apart, bias: nil, to: work)
    default: unsafe products.2.apply(vectors, count: count, apart: apart, bias: nil, to: work)
    }
  }
}
