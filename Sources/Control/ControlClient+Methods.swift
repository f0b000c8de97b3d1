internal import Text

/// The methods of the protocol by their names; each blocks until it is answered.
extension ControlClient {
  /// Everything there is to know about the daemon.
  public func status() throws(ControlClientError) -> Status { try call("status") }

  /// The presets that can be used.
  public func presets() throws(ControlClientError) -> [PresetSummary] { try call("presets") }

  /// Begins a switch; its end comes as an event.
  public func use(preset name: String) throws(ControlClientError) -> Switching {
    try call("use", ["name": .string(name)])
  }

  /// Changes a stem's gain.
  public func setGain(of stem: Stem, to gain: Decibels) throws(ControlClientError) -> Gains {
    let decibels: JSON = gain == .silent ? .null : .number(gain.value)
    return try call("gain", ["stem": .string(stem.rawValue), "decibels": decibels])
  }

  /// Lets the input through unseparated, or no longer.
  public func setBypass(_ on: Bool) throws(ControlClientError) -> Bypass { try call("bypass", ["on": .bool(on)]) }

  /// Moves the threshold of binary masks.
  public func setThreshold(_ threshold: Double) throws(ControlClientError) -> Threshold {
    try call("threshold", ["value": .number(threshold)])
  }

  /// Checks a preset and changes nothing.
  public func check(preset: String) throws(ControlClientError) -> PresetCheck {
    try call("check", ["preset": .string(preset)])
  }

  /// Reads the presets again.
  public func reload() throws(ControlClientError) -> Reload { try call("reload") }

  /// Subscribes to topics; the notices come from ``next(within:)``.
  ///
  /// - Parameter interval: Seconds between messages with levels or statistics, 0.02 to 10.
  public func subscribe(to topics: [Topic], interval: Double = 0.1) throws(ControlClientError) {
    let names = topics.map { JSON.string($0.rawValue) }
    _ = try call("subscribe", ["topics": .array(names), "interval": .number(interval)], as: Subscribed.self)
  }
}
