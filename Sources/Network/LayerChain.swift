internal import Text

/// Reads the layers of a description one after the other, each with the shapes of those before it.
///
/// A layer only ever takes what an earlier one gave, so there are no loops; what runs back in time is a ``StateForm``.
struct LayerChain {
  private let file: String
  private let tensors: [String: Safetensors.Tensor]
  private var layers: [ModelDescription.Layer] = []
  private var places: [String: ModelDescription.Source] = ["input": .input]
  private var shapes: [String: Shape]
  private var numbers = 0
  private var work = 0
  private var parameters = 0
  private var padding = 0
  private var unclaimed: Set<String>
  /// Where the layers stand in the file.
  private let place: String

  private init(_ root: Section, input: Shape, tensors: [String: Safetensors.Tensor]) {
    file = root.file
    place = root.place("layers")
    self.tensors = tensors
    shapes = ["input": input]
    numbers = input.numbers
    unclaimed = Set(tensors.keys)
  }

  /// The layers of `root`, for frames of the shape `input`, found to fit the file's `tensors`.
  static func read(
    _ root: Section, input: Shape, tensors: [String: Safetensors.Tensor]
  ) throws(ModelError) -> [ModelDescription.Layer] {
    let values = try root.array("layers")
    guard (1...Bounds.layers).contains(values.count) else {
      throw root.refusal("layers", expected: "1 to \(Bounds.layers) of them")
    }
    guard input.size != nil else {
      throw .refused(
        file: root.file, place: "input", found: "frames of shape \(input)",
        expected: "at most \(Bounds.numbers) numbers")
    }
    var chain = LayerChain(root, input: input, tensors: tensors)
    var previous = "input"
    for (index, value) in values.enumerated() {
      previous = try chain.append(value, place: "\(chain.place)[\(index)]", previous: previous)
    }
    try chain.checkUpdates()
    if let name = chain.unclaimed.min() {
      throw .refused(
        file: root.file, place: quoted(name), found: "a tensor that no layer has",
        expected: "only those of \(quotedList(chain.layers.prefix(20).map(\.name)))")
    }
    return chain.layers
  }

  private mutating func append(_ value: JSON, place: String, previous: String) throws(ModelError) -> String {
    guard case .object(let members) = value else {
      throw .refused(file: file, place: place, found: value.shown, expected: "an object")
    }
    guard case .string(let kind)? = members["kind"], let type = LayerForms.of(kind: kind) else {
      let kinds = LayerForms.all.map { $0.kind }
      let hint: String
      if case .string(let kind)? = members["kind"], let near = nearest(to: kind, in: kinds) {
        hint = "; did you mean \(quoted(near))?"
      } else {
        hint = ""
      }
      throw .refused(
        file: file, place: "\(place).kind", found: members["kind"]?.shown ?? "no such key",
        expected: "one of \(quotedList(kinds))\(hint)")
    }
    let section = try Section(
      value, file: file, path: place, keys: ["kind", "name"],
      optional: type.keys + ["every", "at"] + (type.sources == 0...0 ? [] : ["from"]))
    let name = try section.name("name")
    guard places[name] == nil else {
      throw section.refusal("name", expected: "a name that no other layer has, nor a state, nor the input")
    }
    let sources = try type.sources == 0...0 ? [] : from(section, count: type.sources, previous: previous)
    let origins = sources.map { places[$0] ?? .input }
    let every = try section.integer("every", in: 1...Bounds.every, standard: 1)
    let schedule = Schedule(every: every, at: try section.integer("at", in: 0...every - 1, standard: 0))
    let reading = LayerReading(
      section: section, name: name, inputs: sources.map { shapes[$0] ?? [] }, tensors: tensors, schedule: schedule,
      schedules: origins.map(self.schedule))
    let form = try type.init(reading)
    try claim(form, reading)
    try check(form, reading)
    add(form, kind: kind, name: name, sources: origins, schedule: schedule)
    try checkBounds(place)
    return name
  }

  private func from(_ section: Section, count: ClosedRange<Int>, previous: String) throws(ModelError) -> [String] {
    let names: [JSON]
    switch section.has("from") ? section.value("from") : .string(previous) {
    case .string(let name): names = [.string(name)]
    case .array(let values): names = values
    default: throw section.refusal("from", expected: "a name or an array of names")
    }
    guard count.contains(names.count) else {
      let wanted = count.count == 1 ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
      throw section.refusal("from", expected: "\(wanted) of them")
    }
    var sources: [String] = []
    for value in names {
      guard case .string(let name) = value, places[name] != nil else {
        throw .refused(
          file: file, place: section.place("from"), found: value.shown,
          expected: "\"input\" or the name of an earlier layer")
      }
      sources.append(name)
    }
    return sources
  }

  private func schedule(of source: ModelDescription.Source) -> Schedule {
    switch source {
    case .input: .always
    case .result(let index), .state(let index, _): layers[index].schedule
    }
  }

  /// Checks that a layer and those that it reads run often enough to meet.
  private func check(_ form: any LayerForm, _ reading: LayerReading) throws(ModelError) {
    let own = reading.schedule
    for other in reading.schedules {
      guard max(own.every, other.every).isMultiple(of: min(own.every, other.every)) else {
        throw reading.section.refusal(
          "every", expected: "a multiple or a divisor of \(other.every), which a layer has that it reads")
      }
      guard form.placement == .own || own.every == other.every else {
        throw reading.section.refusal("every", expected: "\(other.every), as the layer has whose numbers it shares")
      }
      guard form.placement == .own || own.at == other.at else {
        throw reading.section.refusal("at", expected: "\(other.at), as the layer has whose numbers it shares")
      }
    }
    guard own.every == 1 || form.update == nil else {
      throw reading.section.refusal("every", expected: "1 of a state")
    }
  }

  /// Checks the tensors of a layer, which then no other may have.
  private mutating func claim(_ form: any LayerForm, _ reading: LayerReading) throws(ModelError) {
    for need in form.tensors {
      guard let tensor = tensors["\(reading.name).\(need.name)"] else {
        throw reading.refusal(need.name, found: "no such tensor", expected: "one of shape \(need.shape)")
      }
      guard tensor.shape == need.shape else {
        throw reading.refusal(need.name, found: "shape \(tensor.shape)", expected: "\(need.shape)")
      }
      guard tensor.type == need.type.rawValue else {
        throw reading.refusal(need.name, found: "type \(tensor.type)", expected: need.type.rawValue)
      }
      unclaimed.remove("\(reading.name).\(need.name)")
    }
  }

  private mutating func add(
    _ form: any LayerForm, kind: String, name: String, sources: [ModelDescription.Source],
    schedule: Schedule
  ) {
    let own = form.tensors.reduce(0) { $0 + ($1.isTrained ? $1.shape.numbers : 0) }
    places[name] = .result(layers.count)
    shapes[name] = form.shape
    for (index, state) in form.states.enumerated() {
      places["\(name).\(state.name)"] = .state(layer: layers.count, state: index)
      shapes["\(name).\(state.name)"] = state.shape
    }
    if form.placement == .own { numbers += form.shape.numbers }
    numbers += form.memory + form.states.reduce(0) { $0 + $1.shape.numbers }
    work += form.multiplications + form.moves
    parameters += own
    padding += form.padding
    layers.append(
      ModelDescription.Layer(
        kind: kind, name: name, shape: form.shape, parameters: own, form: form, sources: sources,
        schedule: schedule))
  }

  private func checkBounds(_ place: String) throws(ModelError) {
    let counts = [
      (parameters, Bounds.parameters, "weights"),
      (parameters + padding, Bounds.parameters, "weights, padded for the kernels,"),
      (numbers, Bounds.numbers, "numbers between layers"),
      (work, Bounds.work, "multiplications and moves a frame"),
    ]
    for (count, bound, what) in counts where count > bound {
      throw .refused(
        file: file, place: place, found: "\(count) \(what) up to here", expected: "at most \(bound) in all")
    }
  }

  /// A state takes over what another layer gives, of the same size.
  private func checkUpdates() throws(ModelError) {
    for (index, layer) in layers.enumerated() {
      guard let name = layer.form.update else { continue }
      guard case .result(let source)? = places[name], layers[source].kind != StateForm.kind else {
        throw .refused(
          file: file, place: "\(place)[\(index)].update", found: quoted(name),
          expected: "the name of a layer that is no state")
      }
      guard layers[source].shape.numbers == layer.shape.numbers else {
        throw .refused(
          file: file, place: "\(place)[\(index)].update", found: "\(quoted(name)) of shape \(layers[source].shape)",
          expected: "\(layer.shape), the shape of the state")
      }
    }
  }
}
