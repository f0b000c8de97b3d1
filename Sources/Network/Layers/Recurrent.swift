internal import CRealtime

/// An Elman layer with the state before the nonlinearity: `h = activation(W x + b + U h⁻)`.
///
/// As in Huang, Kim, Hasegawa-Johnson and Smaragdis 2014. Axes before the last are independent streams that share the
/// weights.
struct RecurrentForm: LayerForm {
  static let kind = "recurrent"
  static let keys = ["activation", "slope", "weights"]

  private(set) var shape: Shape
  private(set) var streams: Int
  let matrix: MatrixForm
  let recurrent: MatrixForm
  let activation: Activation

  init(_ reading: LayerReading) throws(ModelError) {
    try reading.require(axes: 1)
    activation = try reading.activation()
    matrix = try MatrixForm("weight", of: reading, columns: reading.input[reading.input.count - 1])
    recurrent = try MatrixForm("recurrent", of: reading, columns: matrix.rows, rows: matrix.rows)
    streams = reading.input.dropLast().reduce(1, *)
    shape = reading.input.dropLast() + [matrix.rows]
  }

  var tensors: [TensorNeed] {
    matrix.tensors + recurrent.tensors + [TensorNeed(name: "bias", shape: [matrix.rows])]
  }
  var states: [(name: String, shape: Shape)] { [("h", shape)] }
  var memory: Int {
    max(matrix.scratch(inputs: streams), recurrent.scratch(inputs: streams))
  }
  var multiplications: Int { streams * matrix.rows * (matrix.columns + matrix.rows) }

  func packed(_ tensors: [WeightBlock]) -> [WeightBlock] {
    matrix.packed(tensors) + recurrent.packed(Array(tensors[matrix.tensors.count...]))
      + tensors[(matrix.tensors.count + recurrent.tensors.count)...]
  }

  func streamed(_ count: Int) -> (any LayerForm)? {
    var form = self
    form.shape = [count] + shape
    form.streams *= count
    return form
  }

  func layers(_ places: LayerPlaces) -> [Layer] {
    let scratch = unsafe places.memory + aligned(shape.numbers)
    return [
      unsafe .recurrent(
        Recurrent(
          product: matrix.product(places.weights, scratch: scratch),
          recurrence: recurrent.product(places.weights, first: matrix.blocks, scratch: scratch),
          bias: places.weights[matrix.blocks + recurrent.blocks], input: places.inputs[0], output: places.result,
          state: places.memory, streams: streams, count: shape.numbers, activation: activation))
    ]
  }
}

/// A running ``RecurrentForm``.
@safe
struct Recurrent {
  let product: MatrixProduct
  let recurrence: MatrixProduct
  let bias: UnsafePointer<Float>
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let state: UnsafeMutablePointer<Float>
  let streams: Int
  let count: Int
  let activation: Activation

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    unsafe product.apply(input, count: streams, bias: bias, to: output)
    unsafe recurrence.add(state, count: streams, to: output)
    unsafe activation.apply(output, count: count)
    unsafe rt_copy(output, state, count)
  }
}
