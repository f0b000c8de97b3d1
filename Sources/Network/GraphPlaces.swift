/// Gives each layer of a graph its places in memory, one layer after the other.
@safe
struct GraphPlaces {
  private let input: UnsafePointer<Float>
  private var free: UnsafeMutablePointer<Float>
  /// Where the results lie, by layer.
  private(set) var results: [UnsafeMutablePointer<Float>]
  private var states: [[UnsafeMutablePointer<Float>]]

  private let homes: ConcatenationHomes
  private let sizes: [Int]
  /// Where the results of concatenations lie that layers before them have moved into.
  private var reserved: [Int: UnsafeMutablePointer<Float>]

  /// Begins with a frame of `input` floats at the start of `memory`, which has room for it and for all layers' ``room``.
  init(memory: UnsafeMutablePointer<Float>, input: Int, layers: [ModelDescription.Layer]) {
    unsafe self.input = UnsafePointer(memory)
    unsafe free = memory + aligned(input)
    unsafe (results, states, reserved) = ([], [], [:])
    homes = ConcatenationHomes(layers)
    sizes = layers.map(\.shape.numbers)
  }

  /// The places of the next layer.
  mutating func take(_ layer: ModelDescription.Layer, weights: [WeightBlock]) -> LayerPlaces {
    let inputs = unsafe layer.sources.map { unsafe place(of: $0) }
    switch layer.form.placement {
    case .own: unsafe results.append(result(results.count))
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
      inputs: inputs, result: results[results.count - 1], distance: homes.homes[results.count - 1]?.distance,
      memory: memory,
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

  /// The place of a result of its own: inside a later concatenation, or by itself.
  private mutating func result(_ index: Int) -> UnsafeMutablePointer<Float> {
    if let place = unsafe reserved[index] { return unsafe place }
    let place: UnsafeMutablePointer<Float>
    if let home = homes.homes[index] {
      unsafe place = result(home.layer) + home.offset
    } else {
      unsafe place = reserve(sizes[index])
    }
    unsafe reserved[index] = place
    return unsafe place
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
