internal import Text

/// What can only be told once all layers are there: what nobody reads, and what a layer can do by itself.
struct Simplification {
  var graph: LayerGraph
  let result: Source
  /// For each layer, those that read it; a state reads what it will hold.
  private var readers: [[Int]] = []

  init(_ graph: LayerGraph, result: Source) {
    self.graph = graph
    self.result = result
  }

  /// Does it all.
  mutating func run() throws(Refusal) {
    let count = live().count
    guard count <= 2 * LayerList.limit else { throw Refusal("\(count) layers", expected: "at most \(LayerList.limit)") }
    try splitStates()
    findReaders()
    ownStates()
    findReaders()
    histories()
    findReaders()
    normalisations()
    findReaders()
    fuseBiases()
    findReaders()
    fuseActivations()
  }

  /// The layers that the result needs, in their order.
  func live() -> [Int] {
    var needed = Set<Int>()
    var open = [result.layer].compactMap { $0 }
    while let index = open.popLast() {
      guard needed.insert(index).inserted else { continue }
      let layer = graph.layers[index]
      open += (layer.from + [layer.update].compactMap { $0 }).compactMap(\.layer)
    }
    return needed.sorted()
  }

  private mutating func findReaders() {
    readers = Array(repeating: [], count: graph.layers.count)
    for index in live() {
      let layer = graph.layers[index]
      for source in layer.from + [layer.update].compactMap({ $0 }) {
        if let origin = source.layer { readers[origin].append(index) }
      }
    }
  }

  /// The only layer that reads `index`, if there is but one and it is not the model's result as well.
  func onlyReader(_ index: Int) -> Int? {
    readers[index].count == 1 && result.layer != index ? readers[index][0] : nil
  }

  /// What `source` is a reshaping of, if every reshaping on the way has no other reader.
  private func soleOrigin(_ source: Source) -> Source? {
    var source = source
    while case .layer(let index) = source, graph.layers[index].form == .reshape {
      guard onlyReader(index) != nil else { return nil }
      source = graph.layers[index].from[0]
    }
    return source
  }

  /// Recurrent layers whose state goes around by way of the graph's inputs keep it themselves.
  private mutating func ownStates() {
    for index in live() where ["gru", "lstm"].contains(graph.layers[index].kind) {
      let layer = graph.layers[index]
      guard layer.keys["scan"] == nil, layer.from.count > 1 else { continue }
      let isOwn = layer.from.indices.dropFirst().allSatisfy { place in
        guard case .layer(let state)? = soleOrigin(layer.from[place]), graph.layers[state].form == .state,
          onlyReader(state) != nil, let update = graph.layers[state].update
        else { return false }
        let origin = graph.unshaped(update)
        return place == 1 ? origin == .layer(index) || origin == .hidden(index) : origin == .cell(index)
      }
      if isOwn { graph.layers[index].from = [layer.from[0]] }
    }
  }

  /// A cache that a frame is put behind, and whose oldest frame falls out, is a history.
  private mutating func histories() {
    for index in live() {
      let layer = graph.layers[index]
      guard case .concatenate(let axis) = layer.form, layer.from.count == 2, layer.shape[axis] > 1,
        case .layer(let state)? = soleOrigin(layer.from[0]), graph.layers[state].form == .state,
        onlyReader(state) != nil, let update = graph.layers[state].update
      else { continue }
      let frames = layer.shape[axis]
      let new = layer.from[1]
      guard graph.shape(of: new)[axis] == 1 else { continue }
      let shifted = graph.unshaped(update)
      let isShift =
        if let slice = graph.layer(shifted), slice.form == .slice(axis: axis, 1..<frames) {
          graph.unshaped(slice.from[0]) == .layer(index)
        } else {
          frames == 2 && shifted == graph.unshaped(new)
        }
      guard isShift else { continue }
      var shape = layer.shape
      shape.remove(at: axis)
      guard let source = earlier(new, shape: shape, than: index) else { continue }
      graph.layers[index].kind = "history"
      graph.layers[index].form = .other
      graph.layers[index].from = [source]
      graph.layers[index].keys = ["frames": .integer(frames), "axis": .integer(axis)]
    }
  }

  /// `source` in the shape `shape` by a reshaping that takes the place of the one that reads it now; nothing if there
  /// is none to be taken.
  private mutating func earlier(_ source: Source, shape: [Int], than reader: Int) -> Source? {
    let origin = graph.unshaped(source)
    if graph.shape(of: origin) == shape { return origin }
    guard case .layer(let index) = source, graph.layers[index].form == .reshape, onlyReader(index) == reader else {
      return nil
    }
    graph.layers[index].shape = shape
    graph.layers[index].keys["shape"] = .array(shape.map { .integer($0) })
    return source
  }

  /// A constant added to each row of a dense layer is its bias.
  private mutating func fuseBiases() {
    for index in live() {
      let layer = graph.layers[index]
      guard layer.kind == "arithmetic", layer.keys["function"] == "add" else { continue }
      for (place, source) in layer.from.enumerated() {
        guard case .layer(let dense) = source, graph.layers[dense].kind == "dense", onlyReader(dense) == index,
          graph.layers[dense].tensors["bias"] == nil, graph.layers[dense].shape == layer.shape,
          let constant = graph.layer(graph.unshaped(layer.from[1 - place])), constant.form == .constant,
          let value = constant.tensors["value"], let width = layer.shape.last, value.count == width,
          graph.shape(of: layer.from[1 - place]).last == width
        else { continue }
        var fused = graph.layers[dense]
        fused.tensors["bias"] = Weights([width]) { value.values }
        graph.layers[index] = fused
        break
      }
    }
  }

  /// An activation right behind a layer that has one of its own.
  private mutating func fuseActivations() {
    let hosts = ["dense", "convolution", "transposed-convolution"]
    for index in live() where graph.layers[index].kind == "activation" {
      let layer = graph.layers[index]
      guard case .layer(let host) = layer.from[0], hosts.contains(graph.layers[host].kind), onlyReader(host) == index,
        graph.layers[host].keys["activation"] == nil, case .string(let function)? = layer.keys["function"],
        ["relu", "sigmoid", "tanh", "absolute", "leaky-relu"].contains(function)
      else { continue }
      var fused = graph.layers[host]
      fused.keys["activation"] = .string(function)
      fused.keys["slope"] = layer.keys["slope"]
      graph.layers[index] = fused
    }
  }
}
