internal import Text

/// Bounds on what a weights file may ask for.
///
/// They are far beyond any model that runs live and keep every later sum far from overflow.
enum Bounds {
  static let rate = 4000...384_000
  static let window = 16...65536
  static let context = 0...1024
  static let lookAheadSeconds = 10.0
  static let width = 1...(1 << 20)
  static let layers = 1...64
  /// All weights and biases together: a gibibyte, more than a processor reads in the time of a frame.
  static let parameters = 1 << 28
}

extension ModelDescription {
  /// Checks the JSON text `document` from the metadata of `file`, key by key.
  init(document: String, file: String) throws(ModelError) {
    let json = try JSON(text: Array(document.utf8), file: file, place: "__metadata__.sotto")
    let root = try Section(
      json, file: file, path: "",
      keys: [
        "format", "name", "title", "grid", "input", "layers", "output", "training", "quality", "licence",
      ])
    format = try root.integer("format", in: 1...1)
    name = try root.name("name")
    title = try root.text("title", limit: 200)
    grid = try Grid(root.section("grid", keys: ["rate", "window", "hop", "shape"]))
    input = try Input(root.section("input", keys: ["feature", "scale", "context", "level"]), grid: grid)
    layers = try Self.layers(root, grid: grid, input: input)
    output = try Output(root.section("output", keys: ["kind", "sources", "mask", "exponent"]))
    training = try Self.object("training", of: root)
    quality = try Self.object("quality", of: root)
    licence = try Self.terms(root)
  }

  private static func object(_ key: String, of root: Section) throws(ModelError) -> JSON {
    guard case .object = root.value(key) else { throw root.refusal(key, expected: "an object") }
    return root.value(key)
  }

  private static func terms(_ root: Section) throws(ModelError) -> [String: String] {
    guard case .object(let members) = root.value("licence") else {
      throw root.refusal("licence", expected: "an object")
    }
    var terms: [String: String] = [:]
    for (key, value) in members {
      guard case .string(let text) = value else {
        throw .refused(file: root.file, place: "licence.\(quoted(key))", found: value.shown, expected: "a string")
      }
      terms[key] = text
    }
    return terms
  }

  private static func layers(_ root: Section, grid: Grid, input: Input) throws(ModelError) -> [Layer] {
    let values = try root.array("layers")
    guard Bounds.layers.contains(values.count) else {
      throw root.refusal("layers", expected: "\(Bounds.layers.lowerBound) to \(Bounds.layers.upperBound) of them")
    }
    var layers: [Layer] = []
    var names: Set<String> = []
    var parameters = 0
    var width = (grid.bins * input.context.frames, "\(grid.bins) bins of \(input.context.frames) frames")
    for (index, value) in values.enumerated() {
      let place = "layers[\(index)]"
      let section = try Section(
        value, file: root.file, path: place, keys: ["kind", "name", "inputs", "outputs", "activation"])
      let layer = try Layer(section)
      guard layer.inputs == width.0 else {
        throw section.refusal("inputs", expected: "\(width.0), the \(width.1)")
      }
      guard names.insert(layer.name).inserted else {
        throw section.refusal("name", expected: "a name that no other layer has")
      }
      parameters += layer.outputs * (layer.inputs + 1)
      guard parameters <= Bounds.parameters else {
        throw .refused(
          file: root.file, place: place, found: "\(parameters) weights up to here",
          expected: "at most \(Bounds.parameters) in all")
      }
      width = (layer.outputs, "outputs of \(layer.name)")
      layers.append(layer)
    }
    guard width.0 == 2 * grid.bins else {
      throw .refused(
        file: root.file, place: "layers[\(values.count - 1)].outputs", found: "\(width.0)",
        expected: "\(2 * grid.bins), two sources of \(grid.bins) bins")
    }
    return layers
  }
}

extension ModelDescription.Grid {
  fileprivate init(_ section: Section) throws(ModelError) {
    rate = try section.integer("rate", in: Bounds.rate)
    // Rates without a common measure would make the pattern of hops at another rate endless.
    guard rate.isMultiple(of: 25) else {
      throw section.refusal("rate", expected: "a multiple of 25, as usual rates are")
    }
    window = try section.integer("window", in: Bounds.window)
    guard window.isMultiple(of: 2) else { throw section.refusal("window", expected: "an even number") }
    hop = try section.integer("hop", in: 1...window / 2)
    // The hop must be a sample at least in any graph, of which the slowest run at 8 kHz.
    guard hop * 8000 >= rate else { throw section.refusal("hop", expected: "1/8000 of a second or more") }
    shape = try section.choice("shape")
  }
}

extension ModelDescription.Input {
  fileprivate init(_ section: Section, grid: ModelDescription.Grid) throws(ModelError) {
    feature = try section.choice("feature")
    scale = try section.number("scale", in: 1e-6...1e6)
    let context = try section.section("context", keys: ["past", "future"])
    self.context = ModelDescription.Context(
      past: try context.integer("past", in: Bounds.context), future: try context.integer("future", in: Bounds.context))
    let lookAhead = Double(self.context.future * grid.hop) / Double(grid.rate)
    guard lookAhead <= Bounds.lookAheadSeconds else {
      throw context.refusal(
        "future", expected: "a look-ahead of at most \(Bounds.lookAheadSeconds) s, and this is \(lookAhead) s")
    }
    let level = try section.section("level", keys: ["kind", "seconds", "floor"])
    self.level = ModelDescription.Level(
      kind: try level.choice("kind"), seconds: try level.number("seconds", in: 0.001...3600),
      floor: try level.number("floor", in: -200...0))
  }
}

extension ModelDescription.Layer {
  fileprivate init(_ section: Section) throws(ModelError) {
    kind = try section.choice("kind")
    name = try section.name("name")
    inputs = try section.integer("inputs", in: Bounds.width)
    outputs = try section.integer("outputs", in: Bounds.width)
    activation = try section.choice("activation")
  }
}

extension ModelDescription.Output {
  fileprivate init(_ section: Section) throws(ModelError) {
    kind = try section.choice("kind")
    guard section.value("sources") == ["accompaniment", "voice"] else {
      throw section.refusal("sources", expected: #"["accompaniment", "voice"]"#)
    }
    sources = ["accompaniment", "voice"]
    mask = try section.choice("mask")
    exponent = try section.number("exponent", in: 0.25...4)
  }
}
