/// Gives each layer of a graph its places in memory, one layer after the other.
@safe
struct GraphPlaces {
  private let input: UnsafePointer<Float>
  private var free: UnsafeMutablePointer<Float>
  /// Where the results lie, by layer.
  private(set) var results: [UnsafeMutablePointer<Float>]
  private var states: [[UnsafeMutablePointer<Float>]]

  /// Begins with a frame of `input` floats at the start of `memory`, which has room for all layers' ``room``.
  init(memory: UnsafeMutablePointer<Float>, input: Int) {
    unsafe self.input = UnsafePointer(memory)
    unsafe free = memory + aligned(input)
    unsafe (results, states) = ([], [])
  }

  /// The places of the next layer.
  mutating func take(_ layer: ModelDescription.Layer, weights: [WeightBlock]) -> LayerPlaces {
    let inputs = unsafe layer.sources.map { unsafe place(of: $0) }
    switch layer.form.placement {
    case .own: unsafe results.append(reserve(layer.shape.numbers))
    // Nobody writes to a result that is not its own.
    case .input: unsafe results.append(UnsafeMutablePointer(mutating: inputs[0]))
    case .tensor: unsafe results.append(weights[0].floats)
    }
    let memory = unsafe free
    unsafe states.append([])
    for state in layer.form.states {
      let place = unsafe reserve(state.shape.numbers)
      unsafe states[states.count - 1].append(place)
    }
    _ = unsafe reserve(layer.form.memory)
    return unsafe LayerPlaces(
      inputs: inputs, result: results[results.count - 1], memory: memory,
      weights: weights.map { unsafe UnsafePointer($0.floats) }, sizes: weights.map(\.bytes))
  }

  /// What carries the result of one layer over to another's.
  func copy(_ source: Int, to target: Int, count: Int) -> Layer {
    unsafe .copy(
      Copy(input: UnsafePointer(results[source]), output: results[target], run: count, distance: 0, times: 1))
  }

  private func place(of source: ModelDescription.Source) -> UnsafePointer<Float> {
    switch source {
    case .input: unsafe input
    case .result(let index): unsafe UnsafePointer(results[index])
    case .state(let layer, let state): unsafe UnsafePointer(states[layer][state])
    }
  }

  private mutating func reserve(_ count: Int) -> UnsafeMutablePointer<Float> {
    defer { unsafe free += aligned(count) }
    return unsafe free
  }
}

extension ModelDescription.Layer {
  /// The floats that its result, states and working memory take in a graph.
  var room: Int {
    (form.placement == .own ? aligned(shape.numbers) : 0) + form.states.reduce(0) { $0 + aligned($1.shape.numbers) }
      + aligned(form.memory)
  }
}
