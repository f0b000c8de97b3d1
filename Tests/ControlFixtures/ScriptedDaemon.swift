import Control

/// A daemon that says what a test wrote for it and remembers what it was told to do.
package actor ScriptedDaemon: ControlHandler {
  /// What it was told, one command an element.
  package private(set) var heard: [String] = []
  private var now: Status
  private let broken: [Reload.Broken]

  /// The presets it knows; the first is heard.
  package static let names = ["svsgan", "centre", "passthrough"]

  /// Begins to play.
  ///
  /// - Parameters:
  ///   - lateFrames: How many of its 62500 frames were late.
  ///   - broken: What it cannot read again.
  package init(lateFrames: Int = 0, broken: [Reload.Broken] = []) {
    self.broken = broken
    now = Status(pid: 4711, version: "0.1.0")
    now.state = .running
    now.preset = "svsgan"
    now.drive = "threaded"
    now.sampleRate = 48_000
    now.period = 256
    now.channels = 2
    now.latency = Latency(samples: 3072, sampleRate: 48_000)
    now.slack = 256
    now.lookAhead = 0
    now.every = 1
    now.budget = StepBudget(steps: 1, bound: 0.0011, margin: 1.25, wake: 0.0005, seconds: 0.001875, periods: 1)
    now.frames = 62_500
    now.lateFrames = lateFrames
    now.lateState = "on time"
    now.realtime = true
    now.audioRealtime = true
    now.step = StepTimes(median: 0.00031, p99: 0.00045, max: 0.0011, count: 62_500)
    now.load = 0.021
    now.client = "sotto"
    now.server = "default"
    now.uptime = 1000
  }

  package func status() async throws(ControlError) -> Status { now }

  package func presets() async throws(ControlError) -> [PresetSummary] {
    Self.names.map {
      PresetSummary(
        name: $0, title: $0.uppercased(), summary: "Separates.", method: $0 == "svsgan" ? "network" : $0,
        path: "/usr/share/sotto/presets/\($0).toml", current: $0 == now.preset)
    }
  }

  package func use(preset name: String) async throws(ControlError) -> Switching {
    try known(name)
    heard.append("use \(name)")
    guard name != now.preset else { return Switching(preset: name, latency: now.latency, state: "running") }
    return Switching(preset: name, latency: Latency(samples: 1024, sampleRate: 48_000))
  }

  package func setGain(of stem: Stem, to gain: Decibels) async throws(ControlError) -> Gains {
    heard.append("gain \(stem.rawValue) \(gain.value)")
    now.gains[stem] = gain
    return now.gains
  }

  package func setBypass(_ on: Bool) async throws(ControlError) -> Bypass {
    heard.append("bypass \(on)")
    now.bypass = on
    return Bypass(on)
  }

  package func setThreshold(_ threshold: Double) async throws(ControlError) -> Threshold {
    heard.append("threshold \(threshold)")
    now.threshold = threshold
    return Threshold(threshold)
  }

  package func check(preset: String) async throws(ControlError) -> PresetCheck {
    try known(preset)
    return PresetCheck(
      preset: preset, path: "/usr/share/sotto/presets/\(preset).toml", method: preset,
      latency: Latency(samples: 1024, sampleRate: 48_000))
  }

  package func reload() async throws(ControlError) -> Reload {
    heard.append("reload")
    return Reload(presets: Self.names, broken: broken)
  }

  private func known(_ name: String) throws(ControlError) {
    guard Self.names.contains(name) else { throw .unknownPreset(name, known: Self.names) }
  }
}
