internal import CRealtime

/// A gated recurrent unit, rows in the order reset, update, new: `h = z ⊙ h⁻ + (1 − z) ⊙ n`.
///
/// Two conventions are in use. The reset gate after the product (PyTorch): `n = tanh(W x + b + r ⊙ (U h⁻ + b′))`; or
/// before it (TensorFlow's GRUCell, Cho et al. 2014): `n = tanh(W x + b + U (r ⊙ h⁻) + b′)`.
struct GRUForm: LayerForm {
  static let kind = "gru"
  static let keys = ["reset", "scan", "weights"]
  static let sources = 1...2

  enum Reset: String, CaseIterable { case after, before }

  let shape: Shape
  let units: Int
  let scan: ScanShape
  let state: Shape
  let resetsAfter: Bool
  let matrix: MatrixForm
  let recurrent: MatrixForm
  let hasRecurrentBias: Bool
  let startsFromInput: Bool

  init(_ reading: LayerReading) throws(ModelError) {
    let along: Scan = try reading.section.choice("scan", standard: .time)
    try reading.require(axes: along == .time ? 1 : 2)
    guard reading.section.has("reset") else {
      throw reading.section.refusal("reset", expected: "\"after\" or \"before\"")
    }
    let reset: Reset = try reading.section.choice("reset")
    resetsAfter = reset == .after
    matrix = try MatrixForm("weight", of: reading, columns: reading.input[reading.input.count - 1])
    guard matrix.rows.isMultiple(of: 3) else {
      throw reading.refusal("weight", found: "\(matrix.rows) rows", expected: "a multiple of 3: reset, update, new")
    }
    units = matrix.rows / 3
    // Where the reset gate comes before the product, the candidate's rows are multiplied with a vector of their own.
    recurrent = try MatrixForm(
      "recurrent", of: reading, columns: units, rows: 3 * units, cuts: resetsAfter ? [] : [2 * units])
    hasRecurrentBias = reading.has("recurrent-bias")
    scan = ScanShape(along, input: reading.input)
    state = scan.state(reading.input, units: units)
    shape = reading.input.dropLast() + [units]
    startsFromInput = reading.inputs.count == 2
    if startsFromInput, reading.inputs[1].numbers != state.numbers {
      throw reading.inputRefusal(1, expected: "\(state), the state to start from")
    }
  }

  var tensors: [TensorNeed] {
    matrix.tensors + recurrent.tensors + [TensorNeed(name: "bias", shape: [3 * units])]
      + (hasRecurrentBias ? [TensorNeed(name: "recurrent-bias", shape: [3 * units])] : [])
  }
  var states: [(name: String, shape: Shape)] { [("h", state)] }
  var memory: Int {
    aligned(scan.streams * scan.steps * 3 * units) + aligned(3 * units)
      + max(matrix.scratch(inputs: scan.streams * scan.steps), recurrent.scratch(inputs: 1))
  }
  var multiplications: Int { scan.streams * scan.steps * 3 * units * (matrix.columns + units) }

  func packed(_ tensors: [WeightBlock]) -> [WeightBlock] {
    matrix.packed(tensors) + recurrent.packed(Array(tensors[matrix.tensors.count...]))
      + tensors[(matrix.tensors.count + recurrent.tensors.count)...]
  }

  func layers(_ places: LayerPlaces) -> [Layer] {
    let inputs = unsafe places.memory + aligned(state.numbers)
    let recurrents = unsafe inputs + aligned(scan.streams * scan.steps * 3 * units)
    let scratch = unsafe recurrents + aligned(3 * units)
    let next = matrix.blocks + recurrent.blocks
    return [
      unsafe .gru(
        GRU(
          product: matrix.product(places.weights, scratch: scratch),
          recurrence: recurrent.product(places.weights, first: matrix.blocks, scratch: scratch),
          candidate: resetsAfter
            ? nil : recurrent.product(places.weights, first: matrix.blocks, part: 1, scratch: scratch),
          bias: places.weights[next], recurrentBias: hasRecurrentBias ? places.weights[next + 1] : nil,
          input: places.inputs[0], start: startsFromInput ? places.inputs[1] : nil, output: places.result,
          state: places.memory, inputs: inputs, recurrents: recurrents, scan: scan, units: units))
    ]
  }
}

/// A running ``GRUForm``.
@safe
struct GRU {
  let product: MatrixProduct
  let recurrence: MatrixProduct
  /// The candidate's rows, where they are multiplied with the gated state.
  let candidate: MatrixProduct?
  let bias: UnsafePointer<Float>
  let recurrentBias: UnsafePointer<Float>?
  let input: UnsafePointer<Float>
  let start: UnsafePointer<Float>?
  let output: UnsafeMutablePointer<Float>
  let state: UnsafeMutablePointer<Float>
  let inputs: UnsafeMutablePointer<Float>
  let recurrents: UnsafeMutablePointer<Float>
  let scan: ScanShape
  let units: Int

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    unsafe product.apply(input, count: scan.streams &* scan.steps, bias: bias, to: inputs)
    unsafe begin(state, from: start, scan: scan, units: units)
    for stream in 0..<scan.streams {
      let h = unsafe state + stream &* units
      for turn in 0..<scan.steps {
        let row = scan.row(stream: stream, turn: turn)
        unsafe turnState(h, gates: inputs + row &* 3 &* units)
        unsafe rt_copy(h, output + row &* units, units)
      }
    }
  }

  @_noLocks @unsafe
  private func turnState(_ h: UnsafeMutablePointer<Float>, gates: UnsafeMutablePointer<Float>) {
    let (update, new) = unsafe (gates + units, gates + 2 &* units)
    if let candidate {
      if let recurrentBias = unsafe recurrentBias { unsafe rt_add(gates, recurrentBias, gates, 3 &* units) }
      unsafe recurrence.add(h, to: gates)
      unsafe rt_gru_reset(gates, h, recurrents, units)
      unsafe candidate.add(recurrents, to: new)
      unsafe rt_gru_update(update, new, h, units)
    } else {
      unsafe recurrence.apply(h, bias: recurrentBias, to: recurrents)
      unsafe rt_gru_gates_reset_after(
        gates, update, new, recurrents, recurrents + units, recurrents + 2 &* units, h, units)
    }
  }
}

/// Sets the state that a scan inside the frame starts from; a scan in time goes on from its own unless told otherwise.
@_noLocks @unsafe
func begin(
  _ state: UnsafeMutablePointer<Float>, from start: UnsafePointer<Float>?, scan: ScanShape, units: Int
) {
  if let start = unsafe start {
    unsafe rt_copy(start, state, scan.streams &* units)
  } else {
    switch scan.scan {
    case .time: break
    case .forward, .backward: unsafe rt_clear(state, scan.streams &* units)
    }
  }
}
