internal import Text

/// Bounds on what a weights file may ask for.
///
/// They are far beyond any model that runs live and keep every later sum far from overflow.
enum Bounds {
  static let rate = 4000...384_000
  static let window = 16...65536
  /// Frames after which the hops at another rate must begin anew.
  static let hopPattern = 1024
  static let context = 0...1024
  static let lookAheadSeconds = 10.0
  /// The extent of an axis, and whatever else counts along one.
  static let extent = 1 << 20
  static let layers = 4096
  /// Frames a run of a layer.
  static let every = 1024
  /// All results between layers together: 128 MB.
  static let numbers = 1 << 25
  /// Multiplications a frame, and moves: seconds of work, where a frame has milliseconds.
  static let work = 1 << 33
  /// Axes of a tensor.
  static let axes = 8
  /// All weights and biases together: a gibibyte, more than a processor reads in the time of a frame.
  static let parameters = 1 << 28
}

extension ModelDescription {
  /// Checks the JSON text `document` from the metadata of `file`, key by key, and against the file's tensors.
  ///
  /// - Parameter arrangement: Which one to take, where the file has another for recordings; both are checked.
  init(
    document: String, tensors: [String: Safetensors.Tensor], file: String, arrangement: Arrangement = .live
  ) throws(ModelError) {
    let json = try JSON(text: Array(document.utf8), file: file, place: "__metadata__.sotto")
    let root = try Section(
      json, file: file, path: "",
      keys: [
        "format", "name", "title", "grid", "input", "layers", "output", "training", "quality", "licence",
      ], optional: ["files"])
    let live = try Self(root, tensors: tensors, file: file, files: nil)
    guard root.has("files") else {
      self = live
      return
    }
    let section = try root.section("files", keys: ["layers", "delay"])
    let files = try Self(root, tensors: tensors, file: file, files: section)
    self = arrangement == .live ? live : files
  }

  /// The description in `root`, with the layers and the delay of the section `files`, if there is one.
  private init(
    _ root: Section, tensors: [String: Safetensors.Tensor], file: String, files: Section?
  ) throws(ModelError) {
    _ = try root.integer("format", in: 2...2)
    name = try root.name("name")
    title = try root.text("title", limit: 200)
    grid = try Grid(root.section("grid", keys: ["rate", "window", "hop", "shape"]))
    input = try Input(
      root.section("input", keys: ["feature", "scale", "level"], optional: ["context", "channels"]), grid: grid)
    arrangement = files == nil ? .live : .files
    hasFiles = root.has("files")
    layers = try LayerChain.read(files ?? root, input: input.shape(grid: grid), tensors: tensors)
    let section = try root.section("output", keys: ["kind"], optional: ["sources", "mask", "exponent", "delay"])
    output = try Output(section, delayed: files ?? section, grid: grid, input: input)
    training = try Self.object("training", of: root)
    quality = try Self.object("quality", of: root)
    licence = try Self.terms(root)
    try output.check(layers, bins: grid.bins, input: input, section: files ?? root)
    try Self.check(lookAhead: lookAhead, grid: grid, file: file)
  }

  /// Refuses a look-ahead that nobody would wait for.
  private static func check(lookAhead: Int, grid: Grid, file: String) throws(ModelError) {
    let seconds = Double(lookAhead * grid.hop) / Double(grid.rate)
    guard seconds <= Bounds.lookAheadSeconds else {
      throw .refused(
        file: file, place: "input.context.future, output.delay", found: "\(lookAhead) frames",
        expected: "a look-ahead of at most \(Bounds.lookAheadSeconds) s, and this is \(seconds) s")
    }
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
}

extension ModelDescription.Grid {
  fileprivate init(_ section: Section) throws(ModelError) {
    rate = try section.integer("rate", in: Bounds.rate)
    window = try section.integer("window", in: Bounds.window)
    guard window.isMultiple(of: 2) else { throw section.refusal("window", expected: "an even number") }
    shape = try section.choice("shape")
    // Up to three quarters, the squares of the windows never vanish together; a low-delay frame has two hops at least.
    hop = try section.integer("hop", in: 1...(shape.isLowDelay ? window / 2 : window * 3 / 4))
    // The hop must be a sample at least in any graph, of which the slowest run at 8 kHz.
    guard hop * 8000 >= rate else { throw section.refusal("hop", expected: "1/8000 of a second or more") }
    // Rates without a common measure would make the pattern of hops at another rate endless.
    for graph in [44_100, 48_000] {
      let samples = hop * graph
      var (one, other) = (samples, rate)
      while other != 0 { (one, other) = (other, one % other) }
      guard rate / one <= Bounds.hopPattern else {
        throw section.refusal(
          "rate", expected: "one at which the hops at \(graph) Hz repeat within \(Bounds.hopPattern) frames")
      }
    }
  }
}

extension ModelDescription.Input {
  fileprivate init(_ section: Section, grid: ModelDescription.Grid) throws(ModelError) {
    feature = try section.choice("feature")
    guard feature != .midSide || !section.has("channels") else {
      throw section.refusal("channels", expected: "no such key, since mid and side are those of two channels")
    }
    channels = try section.integer("channels", in: 1...2, standard: feature == .midSide ? 2 : 1)
    guard channels == 1 || feature == .spectrum || feature == .midSide else {
      throw section.refusal("channels", expected: "1, for magnitudes are those of the mean of all channels")
    }
    scale = try section.number("scale", in: 1e-6...1e6)
    if section.has("context") {
      let context = try section.section("context", keys: ["past", "future"])
      self.context = ModelDescription.Context(
        past: try context.integer("past", in: Bounds.context),
        future: try context.integer("future", in: Bounds.context))
    } else {
      context = ModelDescription.Context(past: 0, future: 0)
    }
    level = try Self.level(section.section("level", keys: ["kind"], optional: ["seconds", "floor"]))
  }

  private enum LevelKind: String, CaseIterable { case none, runningRMS = "running-rms" }

  private static func level(_ section: Section) throws(ModelError) -> ModelDescription.Level {
    let kind: LevelKind = try section.choice("kind")
    switch kind {
    case .none:
      for key in ["seconds", "floor"] where section.has(key) {
        throw section.refusal(key, expected: "no such key, since there is no level")
      }
      return .none
    case .runningRMS:
      return .runningRMS(
        seconds: try section.number("seconds", in: 0.001...3600), floor: try section.number("floor", in: -200...0))
    }
  }

  /// The shape of what the layers start from.
  func shape(grid: ModelDescription.Grid) -> Shape {
    let frame = feature == .spectrum ? [rows, grid.bins] : [rows * grid.bins]
    return context.frames == 1 ? frame : [context.frames] + frame
  }
}

extension ModelDescription.Output {
  fileprivate init(
    _ section: Section, delayed: Section, grid: ModelDescription.Grid, input: ModelDescription.Input
  ) throws(ModelError) {
    kind = try section.choice("kind")
    guard kind == .mask || input.feature != .midSide else {
      throw section.refusal("kind", expected: "\"mask\", since the input is mid and side, which have a mask each")
    }
    delay = try delayed.integer("delay", in: 0...Bounds.extent, standard: 0)
    mask = try kind == .spectrum && !section.has("mask") ? .soft : section.choice("mask")
    exponent = try section.number("exponent", in: 0.25...4, standard: 1)
    sources = try Self.sources(section, kind: kind)
    guard kind != .spectrum || input.feature == .spectrum else {
      throw section.refusal("kind", expected: "no spectrum, since the input is none")
    }
    let unused = kind == .spectrum ? ["mask", "exponent"] : kind == .mask ? ["exponent"] : []
    for key in unused where section.has(key) {
      throw section.refusal(key, expected: "no such key, since the output is a \(kind.rawValue)")
    }
    guard mask != .independent || kind != .mask else {
      throw section.refusal("mask", expected: "one of \(quotedList(["soft", "binary", "probabilistic"]))")
    }
  }

  private static func sources(_ section: Section, kind: Kind) throws(ModelError) -> [String] {
    guard kind == .twoSourceMagnitudes else {
      guard !section.has("sources") else {
        throw section.refusal("sources", expected: "no such key, since there is but the voice")
      }
      return []
    }
    let orders: [[String]] = [["accompaniment", "voice"], ["voice", "accompaniment"]]
    guard let order = orders.first(where: { section.value("sources") == .array($0.map(JSON.string)) }) else {
      throw section.refusal(
        "sources", expected: #"["accompaniment", "voice"], or the two in the other order"#)
    }
    return order
  }

  /// Refuses layers whose last result is not what this output takes.
  fileprivate func check(
    _ layers: [ModelDescription.Layer], bins: Int, input: ModelDescription.Input, section: Section
  ) throws(ModelError) {
    guard let last = layers.last else { return }
    let rows =
      switch kind {
      case .mask: input.masks
      case .voiceMagnitude: 1
      case .twoSourceMagnitudes: 2
      case .spectrum: input.rows
      }
    let bare = last.shape.drop { $0 == 1 }
    guard last.shape.numbers == rows * bins, bare == [rows * bins] || bare == [rows, bins] || rows == 1 else {
      throw .refused(
        file: section.file, place: "\(section.place("layers"))[\(layers.count - 1)]",
        found: "a result of shape \(last.shape)",
        expected: "\(rows == 1 ? "" : "[\(rows), \(bins)] or ")[\(rows * bins)], the \(kind.rawValue)")
    }
  }
}
