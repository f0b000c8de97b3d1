internal import Separation

// What each method without training may be told in its table.

extension CentreSettings {
  static let keys = ["exponent", "lowest", "highest"]

  init(_ table: PresetTable) throws(PresetError) {
    self.init()
    exponent = Float(try table.number("exponent", in: 0.1...16, standard: Double(exponent)))
    (lowest, highest) = try table.band(lowest: lowest, highest: highest)
  }
}

extension ADRessSettings {
  static let keys = ["resolution", "width"]

  init(_ table: PresetTable) throws(PresetError) {
    self.init()
    resolution = try table.integer("resolution", in: 2...10_000, standard: resolution)
    width = try table.integer("width", in: 0...resolution, standard: min(width, resolution))
  }
}

extension HPSSSettings {
  static let keys = ["window", "hop", "long", "short"]

  /// The longest long window in samples of the framing: what a gigabyte of medians is far beyond.
  private static let longest = 65536

  init(_ table: PresetTable, framing: Framing) throws(PresetError) {
    self.init()
    window = try table.integer("window", in: 2...64, standard: window)
    guard window * framing.window <= Self.longest else {
      throw table.refusal(
        "window", expected: "at most \(Self.longest / framing.window), a long window of \(Self.longest) samples")
    }
    hop = try table.integer("hop", in: 1...64, standard: hop)
    let room = window * framing.window / (2 * framing.hop)
    guard hop <= room else {
      throw table.refusal("hop", expected: "at most \(room), for two hops to fit into the long window")
    }
    long = try Self.stage("long", in: table, standard: long)
    short = try Self.stage("short", in: table, standard: short)
  }

  private static func stage(_ key: String, in parent: PresetTable, standard: Stage) throws(PresetError) -> Stage {
    let table = try parent.table(key, keys: ["frames", "bins", "look-ahead", "exponent"])
    let frames = try table.odd("frames", in: 3...99, standard: standard.frames)
    return Stage(
      frames: frames, bins: try table.odd("bins", in: 3...99, standard: standard.bins),
      lookAhead: try table.integer("look-ahead", in: 0...frames / 2, standard: standard.lookAhead),
      exponent: Float(try table.number("exponent", in: 0.25...16, standard: Double(standard.exponent))))
  }
}

extension NMFSettings {
  static let keys = ["updates", "exponent"]

  init(_ table: PresetTable) throws(PresetError) {
    self.init()
    updates = try table.integer("updates", in: 1...1000, standard: updates)
    exponent = Float(try table.number("exponent", in: 0.25...16, standard: Double(exponent)))
  }
}

extension REPETSettings {
  static let keys = ["memory", "similar", "distance", "threshold"]

  /// The most seconds of memory, times how often the windows overlap: 92 MB at 48 kHz.
  private static let largest = 480.0

  init(_ table: PresetTable, framing: Framing) throws(PresetError) {
    self.init()
    memory = try table.number("memory", in: 0.1...120, standard: memory, unit: " s")
    let overlap = Double(framing.window) / Double(framing.hop)
    guard memory * overlap <= Self.largest else {
      throw table.refusal(
        "memory", expected: "at most \(Self.largest / overlap) s of windows that overlap \(Int(overlap)) times")
    }
    similar = try table.integer("similar", in: 2...1000, standard: similar)
    distance = try table.number("distance", in: 0...memory, standard: min(distance, memory), unit: " s")
    threshold = try table.number("threshold", in: 0...1, standard: threshold)
  }
}

extension ICASettings {
  static let keys = ["seconds", "rate", "exponent"]

  init(_ table: PresetTable) throws(PresetError) {
    self.init()
    seconds = try table.number("seconds", in: 0.05...60, standard: seconds, unit: " s")
    rate = Float(try table.number("rate", in: 0...1, standard: Double(rate)))
    exponent = Float(try table.number("exponent", in: 0.25...16, standard: Double(exponent)))
  }
}

extension GMMSettings {
  static let keys = ["components", "forgetting", "level-spread", "phase-spread"]

  init(_ table: PresetTable) throws(PresetError) {
    self.init()
    components = try table.integer("components", in: 2...16, standard: components)
    forgetting = Float(try table.number("forgetting", in: 0...0.9999, standard: Double(forgetting)))
    levelSpread = Float(try table.number("level-spread", in: 0.01...40, standard: Double(levelSpread), unit: " dB"))
    phaseSpread = Float(try table.number("phase-spread", in: 0.001...3, standard: Double(phaseSpread), unit: " rad"))
  }
}

extension PresetTable {
  /// The odd number under `key` within `range`, or `standard` where the key is not given.
  func odd(_ key: String, in range: ClosedRange<Int>, standard: Int) throws(PresetError) -> Int {
    let number = try integer(key, in: range, standard: standard)
    guard !number.isMultiple(of: 2) else { throw refusal(key, expected: "an odd number") }
    return number
  }
}
