internal import CRealtime

/// A fully connected layer, `y = activation(W x + b)`, on every row of the input's last axis.
struct DenseForm: FoldingForm {
  static let kind = "dense"
  static let keys = ["activation", "slope", "weights"]

  private(set) var shape: Shape
  private(set) var rows: Int
  let matrix: MatrixForm
  private(set) var hasBias: Bool
  private(set) var activation: Activation

  init(_ reading: LayerReading) throws(ModelError) {
    try reading.require(axes: 1)
    activation = try reading.activation()
    matrix = try MatrixForm("weight", of: reading, columns: reading.input[reading.input.count - 1])
    hasBias = reading.has("bias")
    rows = reading.input.dropLast().reduce(1, *)
    shape = reading.input.dropLast() + [matrix.rows]
  }

  var tensors: [TensorNeed] {
    matrix.tensors + (hasBias ? [TensorNeed(name: "bias", shape: [matrix.rows])] : [])
  }
  var memory: Int { matrix.scratch(inputs: rows) }
  var multiplications: Int { rows * matrix.rows * matrix.columns }

  func packed(_ tensors: [WeightBlock]) -> [WeightBlock] {
    matrix.packed(tensors) + tensors[matrix.tensors.count...]
  }

  func streamed(_ count: Int) -> (any LayerForm)? {
    var form = self
    form.shape = [count] + shape
    form.rows *= count
    return form
  }

  func activated(_ activation: Activation) -> DenseForm {
    var form = self
    form.activation = activation
    return form
  }

  func folded(scale: [Float], shift: [Float], axis: Int, tensors: [WeightBlock]) -> (DenseForm, [WeightBlock])? {
    guard axis == shape.count - 1, matrix.type == .single else { return nil }
    let weights = tensors[0].numbers.enumerated().map { $1 * scale[$0 / matrix.columns] }
    var form = self
    form.hasBias = true
    return (form, [WeightBlock(weights), foldedBias(hasBias ? tensors[1] : nil, scale: scale, shift: shift)])
  }

  func layers(_ places: LayerPlaces) -> [Layer] {
    [
      unsafe .dense(
        Dense(
          product: matrix.product(places.weights, scratch: places.memory),
          bias: hasBias ? places.weights[matrix.blocks] : nil, input: places.inputs[0], output: places.result,
          rows: rows,
          outputs: matrix.rows, activation: activation))
    ]
  }
}

/// A running ``DenseForm``.
@safe
struct Dense {
  let product: MatrixProduct
  let bias: UnsafePointer<Float>?
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let rows: Int
  let outputs: Int
  let activation: Activation

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    unsafe product.apply(input, count: rows, bias: bias, to: output)
    unsafe activation.apply(output, count: rows &* outputs)
  }
}
