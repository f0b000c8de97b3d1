internal import CRealtime

/// A long short-term memory (Hochreiter and Schmidhuber 1997, with forget gate): `c = f ⊙ c⁻ + i ⊙ g`,
/// `h = o ⊙ tanh c`, with the rows of the gates in the order that the file names.
struct LSTMForm: LayerForm {
  static let kind = "lstm"
  static let keys = ["gates", "scan", "weights"]
  static let sources = 1...3

  private(set) var shape: Shape
  let units: Int
  private(set) var scan: ScanShape
  private(set) var state: Shape
  let matrix: MatrixForm
  let recurrent: MatrixForm
  /// Where the rows of input, forget, candidate and output gate stand, in units.
  let order: (input: Int, forget: Int, candidate: Int, output: Int)
  let startsFromInput: Bool

  init(_ reading: LayerReading) throws(ModelError) {
    let along: Scan = try reading.section.choice("scan", standard: .time)
    try reading.require(axes: along == .time ? 1 : 2)
    let gates = Array(try reading.section.text("gates", limit: 4))
    guard let input = gates.firstIndex(of: "i"), let forget = gates.firstIndex(of: "f"),
      let candidate = gates.firstIndex(of: "g"), let output = gates.firstIndex(of: "o")
    else { throw reading.section.refusal("gates", expected: "the letters i, f, g and o in the order of the rows") }
    order = (input, forget, candidate, output)
    matrix = try MatrixForm("weight", of: reading, columns: reading.input[reading.input.count - 1])
    guard matrix.rows.isMultiple(of: 4) else {
      throw reading.refusal("weight", found: "\(matrix.rows) rows", expected: "a multiple of 4, the gates")
    }
    units = matrix.rows / 4
    recurrent = try MatrixForm("recurrent", of: reading, columns: units, rows: 4 * units)
    scan = ScanShape(along, input: reading.input)
    state = scan.state(reading.input, units: units)
    shape = reading.input.dropLast() + [units]
    startsFromInput = reading.inputs.count > 1
    guard reading.inputs.count != 2 else {
      throw reading.section.refusal("from", expected: "both h and c where the layer starts from given states")
    }
    for index in reading.inputs.indices.dropFirst() where reading.inputs[index].numbers != state.numbers {
      throw reading.inputRefusal(index, expected: "\(state), the state to start from")
    }
  }

  var tensors: [TensorNeed] {
    matrix.tensors + recurrent.tensors + [TensorNeed(name: "bias", shape: [4 * units])]
  }
  var states: [(name: String, shape: Shape)] { [("h", state), ("c", state)] }
  var memory: Int {
    aligned(scan.streams * scan.steps * 4 * units)
      + max(matrix.scratch(inputs: scan.streams * scan.steps), recurrent.scratch(inputs: scan.streams))
  }
  var multiplications: Int { scan.streams * scan.steps * 4 * units * (matrix.columns + units) }

  func packed(_ tensors: [WeightBlock]) -> [WeightBlock] {
    matrix.packed(tensors) + recurrent.packed(Array(tensors[matrix.tensors.count...]))
      + tensors[(matrix.tensors.count + recurrent.tensors.count)...]
  }

  func streamed(_ count: Int) -> (any LayerForm)? {
    guard !startsFromInput else { return nil }
    var form = self
    form.shape = [count] + shape
    form.state = [count] + state
    form.scan.streams *= count
    return form
  }

  func layers(_ places: LayerPlaces) -> [Layer] {
    let cell = unsafe places.memory + aligned(state.numbers)
    let inputs = unsafe cell + aligned(state.numbers)
    let scratch = unsafe inputs + aligned(scan.streams * scan.steps * 4 * units)
    return [
      unsafe .lstm(
        LSTM(
          product: matrix.product(places.weights, scratch: scratch),
          recurrence: recurrent.product(places.weights, first: matrix.blocks, scratch: scratch),
          bias: places.weights[matrix.blocks + recurrent.blocks], input: places.inputs[0],
          startState: startsFromInput ? places.inputs[1] : nil, startCell: startsFromInput ? places.inputs[2] : nil,
          output: places.result, state: places.memory, cell: cell, inputs: inputs, scan: scan,
          units: units, order: order))
    ]
  }
}

/// A running ``LSTMForm``.
@safe
struct LSTM {
  let product: MatrixProduct
  let recurrence: MatrixProduct
  let bias: UnsafePointer<Float>
  let input: UnsafePointer<Float>
  let startState: UnsafePointer<Float>?
  let startCell: UnsafePointer<Float>?
  let output: UnsafeMutablePointer<Float>
  let state: UnsafeMutablePointer<Float>
  let cell: UnsafeMutablePointer<Float>
  let inputs: UnsafeMutablePointer<Float>
  let scan: ScanShape
  let units: Int
  let order: (input: Int, forget: Int, candidate: Int, output: Int)

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    unsafe product.apply(input, count: scan.streams &* scan.steps, bias: bias, to: inputs)
    unsafe begin(state, from: startState, scan: scan, units: units)
    unsafe begin(cell, from: startCell, scan: scan, units: units)
    for turn in 0..<scan.steps {
      // All streams in one pass over the weights.
      unsafe recurrence.add(
        state, count: scan.streams, to: inputs + scan.row(stream: 0, turn: turn) &* 4 &* units,
        distance: scan.steps &* 4 &* units)
      for stream in 0..<scan.streams {
        let (h, c) = unsafe (state + stream &* units, cell + stream &* units)
        let row = scan.row(stream: stream, turn: turn)
        let gates = unsafe inputs + row &* 4 &* units
        unsafe rt_lstm_gates(
          gates + order.input &* units, gates + order.forget &* units, gates + order.candidate &* units,
          gates + order.output &* units, c, h, units)
        unsafe rt_copy(h, output + row &* units, units)
      }
    }
  }
}
