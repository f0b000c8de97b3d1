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

  private(set) var shape: Shape
  let units: Int
  private(set) var scan: ScanShape
  private(set) var state: Shape
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
    aligned(scan.streams * scan.steps * 3 * units) + aligned(scan.streams * 3 * units)
      + max(matrix.scratch(inputs: scan.streams * scan.steps), recurrent.scratch(inputs: scan.streams))
  }
  var multiplications: Int { scan.streams * scan.steps * 3 * units * (matrix.columns + units) }

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
    let inputs = unsafe places.memory + aligned(state.numbers)
    let recurrents = unsafe inputs + aligned(scan.streams * scan.steps * 3 * units)
    let scratch = unsafe recurrents + aligned(scan.streams * 3 * units)
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
    for turn in 0..<scan.steps {
      unsafe turnStates(inputs + scan.row(stream: 0, turn: turn) &* 3 &* units, distance: scan.steps &* 3 &* units)
      for stream in 0..<scan.streams {
        unsafe rt_copy(state + stream &* units, output + scan.row(stream: stream, turn: turn) &* units, units)
      }
    }
  }

  /// One step of every stream, in one pass over the weights; the streams' gates lie `distance` apart.
  @_noLocks @unsafe
  private func turnStates(_ gates: UnsafeMutablePointer<Float>, distance: Int) {
    guard let candidate else {
      unsafe recurrence.apply(state, count: scan.streams, bias: recurrentBias, to: recurrents)
      for stream in 0..<scan.streams {
        let (own, fed) = unsafe (gates + stream &* distance, recurrents + stream &* 3 &* units)
        unsafe rt_gru_gates_reset_after(
          own, own + units, own + 2 &* units, fed, fed + units, fed + 2 &* units, state + stream &* units, units)
      }
      return
    }
    if let recurrentBias = unsafe recurrentBias {
      for stream in 0..<scan.streams {
        let own = unsafe gates + stream &* distance
        unsafe rt_add(own, recurrentBias, own, 3 &* units)
      }
    }
    unsafe recurrence.add(state, count: scan.streams, to: gates, distance: distance)
    for stream in 0..<scan.streams {
      unsafe rt_gru_reset(gates + stream &* distance, state + stream &* units, recurrents + stream &* units, units)
    }
    unsafe candidate.add(recurrents, count: scan.streams, to: gates + 2 &* units, distance: distance)
    for stream in 0..<scan.streams {
      let own = unsafe gates + stream &* distance
      unsafe rt_gru_update(own + units, own + 2 &* units, state + stream &* units, units)
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
