public import Text

/// Something that happened in the daemon, as a client that subscribed to `events` hears of it.
public struct Event: Codable, Sendable, Equatable {
  /// What sort of thing happened, for programs.
  public struct Kind: RawRepresentable, Codable, Sendable, Hashable {
    /// The kind in a word.
    public var rawValue: String
    /// Any kind, also one that a newer daemon has added.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A preset is heard now; `preset` names it.
    public static let switched = Kind(rawValue: "switched")
    /// A preset that `use` had begun to prepare cannot be used; `preset` names it.
    public static let refused = Kind(rawValue: "refused")
    /// Too many frames were late and the preset's fallback was asked for; `preset` and `from` name the two, and
    /// `switched` or `refused` follows.
    public static let fallback = Kind(rawValue: "fallback")
    /// The steps of the preset took most of the sound server's callback, and a thread for them was asked for; `preset`
    /// names it, and `switched` or `refused` follows.
    public static let leftCallback = Kind(rawValue: "left-callback")
    /// The machine is quiet again and the preset that had to give way was asked for; `preset` and `from` name the two,
    /// and `switched` or `refused` follows.
    public static let returned = Kind(rawValue: "returned")
    /// Presets were read again; `broken` counts the files that could not be.
    public static let reloaded = Kind(rawValue: "reloaded")
    /// Someone changed a gain or the bypass.
    public static let changed = Kind(rawValue: "changed")
    /// The state has changed; `state` names the new one.
    public static let state = Kind(rawValue: "state")
    /// JACK's period, rate or ports have changed.
    public static let graph = Kind(rawValue: "graph")
  }

  /// What sort of thing happened, for programs.
  public var kind: Kind
  /// One sentence for people.
  public var message: String
  /// What the kind says more.
  public var fields: [String: JSON]

  /// Puts an event together.
  public init(_ kind: Kind, _ message: String, fields: [String: JSON] = [:]) {
    self.kind = kind
    self.message = message
    self.fields = fields
  }
}

extension Event {
  /// The end of a switch that went well.
  public static func switched(to preset: String, latency: Latency) -> Event {
    Event(
      .switched, "The preset \"\(preset)\" is heard now.",
      fields: [
        "preset": .string(preset),
        "latency": ["samples": .integer(latency.samples), "seconds": .number(latency.seconds)],
      ])
  }

  /// The end of a switch that did not happen: the old preset goes on.
  public static func refused(_ preset: String, because error: ControlError) -> Event {
    Event(.refused, error.message, fields: ["preset": .string(preset), "code": .integer(error.code.rawValue)])
  }
}
