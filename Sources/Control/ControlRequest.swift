internal import Text

/// A request that has been understood: a method of the protocol with its parameters checked.
enum ControlRequest: Equatable, Sendable {
  /// The methods' names.
  enum Method: String, CaseIterable {
    case status, presets, use, gain, bypass, threshold, check, reload, subscribe, unsubscribe
  }

  case status
  case presets
  case use(String)
  case gain(Stem, Decibels)
  case bypass(Bool)
  case threshold(Double)
  case check(String)
  case reload
  case subscribe([Topic], interval: Double)
  case unsubscribe([Topic])

  /// Seconds between messages that a subscription may ask for.
  static let intervals = 0.02...10.0

  init(method name: String, parameters json: JSON?) throws(ControlError) {
    guard let method = Method(rawValue: name) else {
      throw .unknown(.methodNotFound, "method", name, known: Method.allCases.map(\.rawValue))
    }
    switch method {
    case .status:
      _ = try Parameters(json, of: name, keys: [])
      self = .status
    case .presets:
      _ = try Parameters(json, of: name, keys: [])
      self = .presets
    case .reload:
      _ = try Parameters(json, of: name, keys: [])
      self = .reload
    case .use:
      self = .use(try Parameters(json, of: name, keys: ["name"]).text("name"))
    case .check:
      self = .check(try Parameters(json, of: name, keys: ["preset"]).text("preset"))
    case .bypass:
      self = .bypass(try Parameters(json, of: name, keys: ["on"]).flag("on"))
    case .threshold:
      self = .threshold(try Parameters(json, of: name, keys: ["value"]).number("value", in: Threshold.range))
    case .gain:
      let parameters = try Parameters(json, of: name, keys: ["stem", "decibels"])
      self = .gain(try parameters.word("stem"), try parameters.gain("decibels"))
    case .subscribe:
      let parameters = try Parameters(json, of: name, keys: ["topics", "interval"])
      self = .subscribe(
        try parameters.words("topics"), interval: try parameters.number("interval", in: Self.intervals, default: 0.1))
    case .unsubscribe:
      let parameters = try Parameters(json, of: name, keys: ["topics"])
      self = .unsubscribe(parameters.has("topics") ? try parameters.words("topics") : Topic.allCases)
    }
  }
}
