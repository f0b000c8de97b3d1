internal import Glibc
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
  let drive: PresetDrive
  let method: PresetMethod
  let source: PresetSource
  let phase: VoicePhase
  let phaseLine: Int?
  let cadence: Cadence
  let framing: Framing
  let channels: MaskChannels
  let mask: MaskShape
  let maskLine: Int
  let positionLine: Int
  let aboveBand: AboveBand
  let aboveBandLine: Int
  let late: LatePolicy
  let files: PresetFiles

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
    let keys =
      ["format", "title", "summary", "method", "fallback", "drive", "framing", "mask", "above-band", "late", "files"]
      + PresetMethod.tables
    let root = try PresetTable(parsed, file: path, path: "", line: 1, keys: keys)
    guard root.has("format") else { throw root.refusal("format", expected: "1") }
    _ = try root.integer("format", in: 1...1, standard: 1)
    title = try root.text("title", limit: 200)
    summary = try root.text("summary", limit: 1000)
    let method: PresetMethod = try root.choice("method", standard: nil)
    self.method = method
    fallback = try Self.fallback(root, name: name)
    fallbackLine = root.line(of: "fallback")
    drive = try root.choice("drive", standard: .threaded)
    framing = try Self.framing(root, method: method)
    source = try PresetSource(root, method: method, framing: framing)
    (phase, phaseLine) = try Self.phase(root, method: method)
    cadence = try Self.cadence(root, method: method)
    (channels, mask, positionLine) = try Self.mask(root)
    maskLine = root.line(of: "mask")
    (aboveBand, aboveBandLine) = try Self.aboveBand(root, method: method)
    late = try Self.late(root)
    files = try PresetFiles(root, method: method)
  }

  /// What to build a separator from, with the weights that it names.
  ///
  /// - Real-time: Not real-time: reads files, allocates.
  func settings() throws(PresetError) -> SeparatorSettings {
    SeparatorSettings(
      method: try source.load(for: self), framing: framing, channels: channels, phase: phase, cadence: cadence,
      mask: mask, aboveBand: aboveBand, late: late)
  }

  /// Checks what only the model can tell.
  func check(_ model: ModelDescription) throws(PresetError) {
    try check(bins: model.grid.bins)
    if model.output.kind == .spectrum {
      guard phase == .mixture || mask == MaskShape() else {
        throw .refused(
          file: path, line: maskLine, key: "mask", found: "a change of masks",
          expected:
            "none, since the model gives the voice's spectrum and no mask; network.phase = \"mixture\" makes one")
      }
    } else if let phaseLine {
      throw .refused(
        file: path, line: phaseLine, key: "network.phase", found: quoted(phase.rawValue),
        expected: "no such key, since the model gives masks, and so has the mixture's phases")
    }
    guard model.input.feature != .midSide || mask.position != .centre else {
      throw .refused(
        file: path, line: positionLine, key: "mask.position", found: quoted(mask.position.rawValue),
        expected: "\"none\" or \"learned\", since the model's masks are those of mid and side")
    }
  }

  /// Checks what only the model or dictionary can tell, whose frames have `bins` bins.
  func check(bins: Int) throws(PresetError) {
    guard aboveBand.bins <= bins else {
      throw .refused(
        file: path, line: aboveBandLine, key: "above-band.bins", found: "\(aboveBand.bins)",
        expected: "at most \(bins), the bins of the \(method == .network ? "model" : "dictionary")")
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

  private static func phase(
    _ root: PresetTable, method: PresetMethod
  ) throws(PresetError) -> (VoicePhase, line: Int?) {
    guard method == .network else { return (.own, nil) }
    let network = try root.table("network", keys: PresetSource.networkKeys)
    return (try network.choice("phase", standard: .own), network.has("phase") ? network.line(of: "phase") : nil)
  }

  private static func cadence(_ root: PresetTable, method: PresetMethod) throws(PresetError) -> Cadence {
    var cadence = Cadence()
    guard method == .network else { return cadence }
    let network = try root.table("network", keys: PresetSource.networkKeys)
    cadence.every = try network.integer("every", in: 1...64, standard: cadence.every)
    guard cadence.every > 1 || !network.has("between") else {
      throw network.refusal("between", expected: "no such key, since nothing is between where every frame is estimated")
    }
    cadence.between = try network.choice("between", standard: cadence.between)
    return cadence
  }

  private static func framing(_ root: PresetTable, method: PresetMethod) throws(PresetError) -> Framing {
    guard !method.bringsGrid || !root.has("framing") else {
      let who = method == .network ? "network" : "dictionary"
      throw root.refusal("framing", expected: "no such table, since a \(who) brings its own grid")
    }
    var framing = Framing()
    let table = try root.table("framing", keys: ["window", "hop", "pair", "rate"])
    framing.window = try table.integer("window", in: 64...65536, standard: framing.window)
    guard framing.window.isMultiple(of: 2) else { throw table.refusal("window", expected: "an even number") }
    framing.pair = try table.choice("pair", standard: framing.pair)
    // Both pairs need every sample to lie in two windows: then the sum of their products has no zero, and dividing
    // by it makes the reconstruction perfect.
    framing.hop = try table.integer("hop", in: 16...framing.window / 2, standard: framing.window / 4)
    if table.has("rate") {
      let rate = try table.integer("rate", in: 8000...384_000, standard: 0)
      // Rates without a common measure would make the pattern of hops at another rate endless.
      guard rate.isMultiple(of: 25) else {
        throw table.refusal("rate", expected: "a multiple of 25, as usual rates are")
      }
      framing.rate = rate
    }
    return framing
  }

  private static func mask(_ root: PresetTable) throws(PresetError) -> (MaskChannels, MaskShape, positionLine: Int) {
    var shape = MaskShape()
    let table = try root.table(
      "mask",
      keys: ["channels", "threshold", "position", "strength", "smoothing", "release", "floor", "lowest", "highest"])
    let channels: MaskChannels = try table.choice("channels", standard: .mid)
    if table.has("threshold") { shape.threshold = Float(try table.number("threshold", in: 0...1, standard: 0.5)) }
    shape.position = try table.choice("position", standard: shape.position)
    guard shape.position != .none || !table.has("strength") else {
      throw table.refusal("strength", expected: "no such key, since the position is \"none\"")
    }
    shape.strength = Float(try table.number("strength", in: 0.1...16, standard: Double(shape.strength)))
    shape.smoothing = try table.integer("smoothing", in: 0...64, standard: shape.smoothing)
    shape.release = try table.number("release", in: 0...10, standard: shape.release, unit: " s")
    if table.has("floor") { shape.floor = amplitude(try table.number("floor", in: -120...0, standard: 0, unit: " dB")) }
    (shape.lowest, shape.highest) = try table.band(lowest: shape.lowest, highest: shape.highest)
    return (channels, shape, table.line(of: "position"))
  }

  private static func aboveBand(_ root: PresetTable, method: PresetMethod) throws(PresetError) -> (AboveBand, Int) {
    guard method.bringsGrid || !root.has("above-band") else {
      throw root.refusal("above-band", expected: "no such table, since the method is \(quoted(method.rawValue))")
    }
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

/// The factor that `decibels` mean.
private func amplitude(_ decibels: Double) -> Float { Float(pow(10, decibels / 20)) }

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
