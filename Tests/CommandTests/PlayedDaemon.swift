import Control

/// A daemon that plays its part without sound: it changes what it is told to change and says so.
actor PlayedDaemon: ControlHandler {
  private var now: Status
  private let broken: [Reload.Broken]

  static let names = ["svsgan", "centre", "passthrough"]

  init(broken: [Reload.Broken] = []) {
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
    now.every = 1
    now.budget = StepBudget(steps: 1, bound: 0.0011, margin: 1.25, wake: 0.0005, seconds: 0.001875, periods: 1)
    now.frames = 62_500
    now.lateFrames = 3
    now.lateState = "on time"
    now.realtime = true
    now.audioRealtime = true
    now.step = StepTimes(median: 0.00031, p99: 0.00045, max: 0.0011, count: 62_500)
    now.load = 0.021
    now.client = "sotto"
    now.server = "default"
    now.uptime = 1000
  }

  func status() async throws(ControlError) -> Status { now }

  func presets() async throws(ControlError) -> [PresetSummary] {
    Self.names.map {
      PresetSummary(
        name: $0, title: $0.uppercased(), summary: "Separates.", method: "network", path: "/\($0).toml",
        current: $0 == now.preset)
    }
  }

  func use(preset name: String) async throws(ControlError) -> Switching {
    guard Self.names.contains(name) else { throw .unknownPreset(name, known: Self.names) }
    guard name != now.preset else { return Switching(preset: name, latency: now.latency, state: "running") }
    return Switching(preset: name, latency: Latency(samples: 1024, sampleRate: 48_000))
  }

  func setGain(of stem: Stem, to gain: Decibels) async throws(ControlError) -> Gains {
    now.gains[stem] = gain
    return now.gains
  }

  func setBypass(_ on: Bool) async throws(ControlError) -> Bypass { Bypass(on) }

  func check(preset: String) async throws(ControlError) -> PresetCheck {
    PresetCheck(preset: preset, path: "/\(preset).toml", method: "network")
  }

  func reload() async throws(ControlError) -> Reload { Reload(presets: Self.names, broken: broken) }
}

/// Serves a daemon at a socket of its own while `body` runs the program against it.
func playing(
  _ daemon: PlayedDaemon = PlayedDaemon(), _ body: (Tool, ControlServer) async throws -> Void
) async throws {
  let folder = try TemporaryFolder()
  defer { folder.remove() }
  let server = try await ControlServer.start(path: folder.file("control.sock"), handler: daemon, version: "0.1.0")
  do {
    try await body(Tool(socket: server.path), server)
  } catch {
    await server.stop()
    throw error
  }
  await server.stop()
}
