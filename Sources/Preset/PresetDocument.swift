internal import Network
internal import Separation
internal import Spectral
internal import Text

/// What a preset file says, checked key by key; a network's weights are named and not yet read.
struct PresetDocument {
  let path: String
  let name: String
  let title: String
  let summary: String
  let fallback: String?
  let fallbackLine: Int
  let method: PresetMethod
  /// The weights file of a network, and the line that names it.
  let weights: String
  let weightsLine: Int
  let cadence: Cadence
  let centre: CentreSettings
  let framing: Framing
  let channels: MaskChannels
  let aboveBand: AboveBand
  let aboveBandLine: Int
  let late: LatePolicy

  /// Reads and checks the file at `path`.
  init(path: String) throws(PresetError) {
    self.path = path
    name = try Self.name(of: path)
    let text = try presetText(path: path)
    let parsed: TOML.Table
    do {
      parsed = try TOMLParser.parse(text)
    } catch {
      throw .refused(file: path, line: error.line, key: "", found: error.found, expected: error.expected)
    }
    let keys = [
      "format", "title", "summary", "method", "fallback", "network", "centre", "framing", "mask", "above-band", "late",
    ]
    let root = try PresetTable(parsed, file: path, path: "", line: 1, keys: keys)
    guard root.has("format") else { throw root.refusal("format", expected: "1") }
    _ = try root.integer("format", in: 1...1, standard: 1)
    title = try root.text("title", limit: 200)
    summary = try root.text("summary", limit: 1000)
    let method: PresetMethod = try root.choice("method", standard: nil)
    self.method = method
    fallback = try Self.fallback(root, name: name)
    fallbackLine = root.line(of: "fallback")
    (weights, weightsLine) = try Self.weights(root, method: method)
    cadence = try Self.cadence(root)
    centre = try Self.centre(root, method: method)
    framing = try Self.framing(root, method: method)
    channels = try root.table("mask", keys: ["channels"]).choice("channels", standard: .mid)
    (aboveBand, aboveBandLine) = try Self.aboveBand(root, method: method)
    late = try Self.late(root)
  }

  /// Checks what only the model can tell.
  func check(against model: ModelDescription) throws(PresetError) {
    guard aboveBand.bins <= model.grid.bins else {
      throw .refused(
        file: path, line: aboveBandLine, key: "above-band.bins", found: "\(aboveBand.bins)",
        expected: "at most \(model.grid.bins), the bins of the model")
    }
  }

  /// The preset's name in the name of its file.
  private static func name(of path: String) throws(PresetError) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let name = file.hasSuffix(".toml") ? String(file.dropLast(5)) : file
    guard isPresetName(name) else {
      throw .refused(
        file: path, line: 1, key: "", found: "the name \(quoted(name))", expected: presetNameRule)
    }
    return name
  }

  private static func fallback(_ root: PresetTable, name: String) throws(PresetError) -> String? {
    guard root.has("fallback") else { return nil }
    let fallback = try root.text("fallback", limit: 64)
    guard isPresetName(fallback) else { throw root.refusal("fallback", expected: "a preset's name: \(presetNameRule)") }
    guard fallback != name else { throw root.refusal("fallback", expected: "another preset than this one") }
    return fallback
  }

  /// Refuses the table `key` where its `method` is not the chosen one, so that no setting is silently without effect.
  private static func require(
    _ method: PresetMethod, for key: String, in root: PresetTable, chosen: PresetMethod
  ) throws(PresetError) {
    guard method == chosen || !root.has(key) else {
      throw root.refusal(key, expected: "no such table, since the method is \(quoted(chosen.rawValue))")
    }
  }

  private static func weights(_ root: PresetTable, method: PresetMethod) throws(PresetError) -> (String, Int) {
    try require(.network, for: "network", in: root, chosen: method)
    guard method == .network else { return ("", 0) }
    let network = try root.table("network", keys: networkKeys)
    let model = try network.text("model", limit: 4096)
    let line = network.line(of: "model")
    if model.hasPrefix("/") { return (model, line) }
    guard !model.contains("/"), model != ".", model != ".." else {
      throw network.refusal("model", expected: "the name of a file beside the preset, or an absolute path")
    }
    let folder = root.file.lastIndex(of: "/").map { root.file[...$0] } ?? ""
    return (folder + model, line)
  }

  private static var networkKeys: [String] { ["model", "every", "between"] }

  private static func cadence(_ root: PresetTable) throws(PresetError) -> Cadence {
    var cadence = Cadence()
    let network = try root.table("network", keys: networkKeys)
    cadence.every = try network.integer("every", in: 1...64, standard: cadence.every)
    guard cadence.every > 1 || !network.has("between") else {
      throw network.refusal("between", expected: "no such key, since nothing is between where every frame is estimated")
    }
    cadence.between = try network.choice("between", standard: cadence.between)
    return cadence
  }

  private static func centre(_ root: PresetTable, method: PresetMethod) throws(PresetError) -> CentreSettings {
    try require(.centre, for: "centre", in: root, chosen: method)
    var settings = CentreSettings()
    let table = try root.table("centre", keys: ["exponent", "lowest", "highest"])
    settings.exponent = Float(try table.number("exponent", in: 0.1...16, standard: Double(settings.exponent)))
    settings.lowest = try table.number("lowest", in: 0...96_000, standard: settings.lowest, unit: " Hz")
    settings.highest = try table.number("highest", in: 0...384_000, standard: settings.highest, unit: " Hz")
    guard settings.lowest < settings.highest else {
      let key = table.has("highest") ? "highest" : "lowest"
      let relation =
        table.has("highest") ? "above the lowest, \(settings.lowest)" : "below the highest, \(settings.highest)"
      throw table.refusal(key, expected: "a number of hertz \(relation)")
    }
    return settings
  }

  private static func framing(_ root: PresetTable, method: PresetMethod) throws(PresetError) -> Framing {
    guard method != .network || !root.has("framing") else {
      throw root.refusal("framing", expected: "no such table, since a network brings its own grid")
    }
    var framing = Framing()
    let table = try root.table("framing", keys: ["window", "hop", "pair"])
    framing.window = try table.integer("window", in: 64...65536, standard: framing.window)
    guard framing.window.isMultiple(of: 2) else { throw table.refusal("window", expected: "an even number") }
    framing.pair = try table.choice("pair", standard: framing.pair)
    // Both pairs need every sample to lie in two windows: then the sum of their products has no zero, and dividing
    // by it makes the reconstruction perfect.
    framing.hop = try table.integer("hop", in: 16...framing.window / 2, standard: framing.window / 4)
    return framing
  }

  private static func aboveBand(_ root: PresetTable, method: PresetMethod) throws(PresetError) -> (AboveBand, Int) {
    try require(.network, for: "above-band", in: root, chosen: method)
    var band = AboveBand()
    let table = try root.table("above-band", keys: ["bins", "maximum"])
    band.bins = try table.integer("bins", in: 1...32769, standard: band.bins)
    band.maximum = Float(try table.number("maximum", in: 0...1, standard: Double(band.maximum)))
    return (band, table.line(of: "bins"))
  }

  private static func late(_ root: PresetTable) throws(PresetError) -> LatePolicy {
    var late = LatePolicy()
    let table = try root.table("late", keys: ["hold", "fade", "then"])
    late.holdSeconds = try table.number("hold", in: 0...60, standard: late.holdSeconds, unit: " s")
    late.fadeSeconds = try table.number("fade", in: 0...10, standard: late.fadeSeconds, unit: " s")
    late.choice = try table.choice("then", standard: late.choice)
    return late
  }
}

/// What a preset may be called.
let presetNameRule = "1 to 64 letters, digits, dashes, underscores and dots, the first of them no dot"

/// True if `name` can be a preset's name.
func isPresetName(_ name: String) -> Bool {
  guard (1...64).contains(name.utf8.count), name.first != "." else { return false }
  return name.utf8.allSatisfy { byte in
    switch UnicodeScalar(byte) {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": true
    default: false
    }
  }
}
