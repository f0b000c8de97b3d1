internal import Network
internal import Preset
internal import Separation
internal import Spectral
internal import Text

/// What a preset or a weights file was found to be.
struct CheckReport: Encodable {
  /// The delay of the method's own windows at one rate, to which the daemon adds what its mask thread needs.
  struct Delay: Encodable {
    /// Rate of the graph in Hz.
    var rate: Int
    /// Samples at that rate.
    var samples: Int
    /// The same in seconds.
    var seconds: Double
  }

  /// The frames of a method without a trained grid, in samples at `rate` Hz, or at any.
  struct Windows: Encodable {
    var window: Int
    var hop: Int
    var pair: String
    var rate: Int?
  }

  /// A way in which a recording in a file is heard.
  struct Pass: Encodable {
    /// The preset that hears it so, this or the one beside it.
    var preset: String
    var backwards: Bool
    var speed: Double
    /// What its voice counts for in the mean, of 1.
    var share: Double
    /// How many frames after a frame its mask is known.
    var lookAhead: Int
  }

  /// The period for which delays are told: the usual one.
  static let period = 256

  let name: String
  let title: String
  let path: String
  /// A sentence, for a preset.
  var summary: String?
  var fallback: String?
  let method: String
  /// How many frames after a frame its mask is known, the cadence's view into the future included.
  let lookAhead: Int
  /// The estimator takes its step at every so many frames.
  let every: Int
  /// What stands for the frames between, where there are some.
  let between: String?
  let latency: [Delay]
  /// What the weights file says, for a network.
  var model: ModelDescription?
  var weights: String?
  var parameters: Int?
  var bytes: Int?
  /// What a network's convolutions multiply on this processor.
  var products: String?
  /// For a method without weights.
  var framing: Windows?
  /// The ways in which recordings in files are heard, where that is not once, as live.
  var files: [Pass]?

  /// The report on a preset.
  init(preset: Preset) {
    let settings = preset.settings
    self.init(
      name: preset.name, title: preset.title, path: preset.path, method: settings.method.name, settings: settings)
    summary = preset.summary
    fallback = preset.fallback
    if !preset.hearsAsLive {
      files = preset.passes.map { pass in
        Pass(
          preset: pass.preset, backwards: pass.isBackwards, speed: pass.speed, share: pass.share,
          lookAhead: pass.settings.lookAhead)
      }
    }
  }

  /// The report on a weights file alone.
  init(model: Model) {
    self.init(
      name: model.description.name, title: model.description.title, path: model.path, method: "network",
      settings: SeparatorSettings(method: .network(model)))
  }

  private init(name: String, title: String, path: String, method: String, settings: SeparatorSettings) {
    self.name = name
    self.title = title
    self.path = path
    self.method = method
    lookAhead = settings.lookAhead
    every = settings.cadence.every
    between = every > 1 ? settings.cadence.between.rawValue : nil
    latency = [44_100, 48_000].map { rate in
      let latency = Latency(
        grid: settings.grid(rate: rate), period: Self.period, rate: rate, lookAheadFrames: settings.lookAhead, slack: 0)
      return Delay(rate: rate, samples: latency.samples, seconds: latency.seconds)
    }
    if case .network(let model) = settings.method {
      self.model = model.description
      weights = model.path
      parameters = model.parameters
      bytes = model.bytes
      products = model.products.rawValue
    } else if case .nmf(let dictionary, _) = settings.method {
      let trained = dictionary.description
      weights = dictionary.path
      parameters = dictionary.count * trained.bins
      bytes = dictionary.bytes
      framing = Windows(
        window: trained.window, hop: trained.hop, pair: WindowPair.squareRootHann.rawValue, rate: trained.rate)
    } else {
      let framing = settings.framing
      self.framing = Windows(
        window: framing.window, hop: framing.hop, pair: framing.pair.rawValue, rate: framing.rate)
    }
  }

  /// The report for people.
  var text: String {
    var rows: [(String, String?)] = [
      ("name", name), ("title", title), ("summary", summary), ("file", path), ("method", method),
      ("fallback", fallback), ("windows", framing.map(Self.words)),
    ]
    if let model { rows += modelRows(model) }
    let cadence = between.flatMap(Cadence.Between.init).map { Cadence(every: every, between: $0).description }
    rows += [("estimates", cadence), ("files", files.map(Self.words))]
    let delays = latency.map { "\(milliseconds($0.seconds)) at \(decimal(Double($0.rate) / 1000)) kHz" }
    rows.append(
      ("latency", delays.joined(separator: ", ") + " (period \(Self.period); a mask thread adds whole periods)"))
    if let model {
      rows += Self.rows("licence", .object(model.licence.mapValues(JSON.string)), depth: 1)
      rows += Self.rows("training", model.training, depth: 1)
      rows += Self.rows("quality", model.quality, depth: 2)
    }
    return aligned(rows.map { ($0.0, $0.1.map(Self.printable)) })
  }

  private static func words(_ windows: Windows) -> String {
    let rate = windows.rate.map { "at \($0) Hz, matched at any rate" } ?? "at any rate"
    return "\(windows.window)/\(windows.hop) \(windows.pair), \(rate)"
  }

  private static func words(_ files: [Pass]) -> String {
    let own = files.filter { $0.preset == files[0].preset }
    let speeds = own.filter { !$0.backwards }.map { decimal($0.speed, 2) }.joined(separator: ", ")
    let ways = own.contains(where: \.backwards) ? "forwards and backwards" : "forwards"
    let beside = files.dropFirst(own.count)
    let share = decimal(100 * beside.reduce(0) { $0 + $1.share }, 0)
    let also = beside.first.map { ", and for \(share) % as \($0.preset) does" } ?? ""
    return "heard \(ways), \(own[0].lookAhead) frames ahead, \(speeds) times as fast; the mean of \(own.count)\(also)"
  }

  private func modelRows(_ model: ModelDescription) -> [(String, String?)] {
    let grid = model.grid
    let shown = model.layers.prefix(12).map { "\($0.kind) \($0.shape.map(String.init).joined(separator: "×"))" }
    let more = model.layers.count > shown.count ? " → … \(model.layers.count - shown.count) more" : ""
    let seconds = Double(lookAhead * grid.hop) / Double(grid.rate)
    return [
      ("weights", "\(weights ?? path), \(parameters ?? 0) parameters, \(decimal(Double(bytes ?? 0) / 1e6)) MB"),
      ("layers", shown.joined(separator: " → ") + more),
      ("products", products),
      ("grid", "\(grid.window)/\(grid.hop) \(grid.shape.rawValue) at \(grid.rate) Hz, matched at any rate"),
      ("look-ahead", "\(lookAhead) frames, \(milliseconds(seconds))"),
    ]
  }

  /// The plain members of a free-form part, one a row, down to `depth` objects inside each other; JSON shows the rest.
  private static func rows(_ heading: String, _ part: JSON, depth: Int) -> [(String, String?)] {
    let members = members(of: part, depth: depth, prefix: "")
    return members.enumerated().map { ($0.offset == 0 ? heading : "", $0.element) }
  }

  private static func members(of value: JSON, depth: Int, prefix: String) -> [String] {
    switch value {
    case .object(let members):
      guard depth > 0 else { return [] }
      return members.sorted { $0.key < $1.key }.flatMap { member in
        Self.members(
          of: member.value, depth: depth - 1, prefix: prefix.isEmpty ? member.key : "\(prefix).\(member.key)")
      }
    case .array: return []
    case .null: return ["\(prefix): null"]
    case .bool(let flag): return ["\(prefix): \(flag)"]
    case .integer(let number): return ["\(prefix): \(number)"]
    case .number(let number): return ["\(prefix): \(number)"]
    case .string(let text): return ["\(prefix): \(text)"]
    }
  }

  /// `text` with nothing in it that could steer the terminal: a weights file may come from anywhere.
  private static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: "?"
          default: scalar
          }
        }))
  }
}
