import Foundation
import Preset
import Separation
import Synchronization
import Testing

@testable import Live

/// The control side with a sound server of our own: what an operator does while sound runs.
@Suite(.serialized) struct ConductorTests {
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let centre = """
    format = 1
    title = "Centre"
    summary = "The middle."
    method = "centre"
    """
  static let passthrough = """
    format = 1
    title = "Passthrough"
    summary = "Everything."
    method = "passthrough"
    """
  static func tone(_ channel: Int, _ sample: Int) -> Float {
    Float(0.4 * sin(2 * Double.pi * 440 * Double(sample) / 48000) * (channel == 0 ? 1 : 0.6))
  }

  static func folder() throws -> PresetFolder {
    try PresetFolder(["centre": centre, "passthrough": passthrough])
  }

  /// Waits for an event of a kind, for at most twenty seconds.
  static func event(_ kind: LiveEvent.Kind, from conductor: Conductor) async -> LiveEvent? {
    await withTaskGroup(of: LiveEvent?.self) { group in
      group.addTask {
        for await event in conductor.events where event.kind == kind { return event }
        return nil
      }
      group.addTask {
        try? await Task.sleep(for: .seconds(20))
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  /// Waits for a condition, for at most twenty seconds.
  static func eventually(_ condition: () async throws -> Bool) async rethrows -> Bool {
    for _ in 0..<1000 {
      if try await condition() { return true }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return false
  }

  static func start(
    _ conductor: Conductor, period: Int = 256, pause: Double = 0.001
  ) async throws -> ScriptedServer {
    let path = try await conductor.connect(rate: 48000, period: period, priority: nil)
    return ScriptedServer(path: path, period: period, pause: pause, source: tone)
  }

  static func checkSum(_ server: ScriptedServer, latency: Int) {
    for channel in 0..<2 {
      var worst: Float = 0
      for i in latency..<server.voice[channel].count {
        let sum = server.voice[channel][i] + server.accompaniment[channel][i]
        worst = max(worst, abs(sum - server.played[channel][i - latency]))
      }
      #expect(worst < 1e-6)
    }
  }

  @Test("Presets change under signal with the sum of the stems exact to the sample")
  func switching() async throws {
    let folder = try Self.folder()
    defer { folder.remove() }
    let conductor = Conductor(
      library: folder.library, preset: try folder.library.load("centre"), options: LiveOptions(pinnedLatency: 2048))
    let server = try await Self.start(conductor)
    for name in ["passthrough", "centre", "passthrough"] {
      await server.play(periods: 50)
      _ = try await conductor.use(name)
      let switched = await Self.event(.switched, from: conductor)
      #expect(switched?.preset == name)
      #expect(await conductor.situation().preset == name)
    }
    await server.play(periods: 20)
    server.stop()
    Self.checkSum(server, latency: 2048)
    await conductor.disconnect()
  }

  @Test("A preset over the bound is refused with the arithmetic, and the one before goes on")
  func refusal() async throws {
    let folder = try Self.folder()
    defer { folder.remove() }
    try folder.write("long", Self.centre + "\n[framing]\nwindow = 8192\nhop = 2048\n")
    let conductor = Conductor(
      library: folder.library, preset: try folder.library.load("centre"), options: LiveOptions(maxLatency: 0.1))
    let server = try await Self.start(conductor)
    _ = try await conductor.use("long")
    let refused = await Self.event(.refused, from: conductor)
    #expect(refused?.preset == "long")
    #expect(refused?.message.contains("100.0 ms") == true, "\(refused?.message ?? "")")
    #expect(await conductor.situation().preset == "centre")
    #expect(await conductor.situation().refusal?.contains("long") == true)
    // Now its cost is known, and it is refused at once.
    await #expect(throws: AdmissionError.self) { try await conductor.use("long") }
    server.stop()
    await conductor.disconnect()
  }

  @Test("An unknown preset changes nothing and says what there is")
  func unknown() async throws {
    let folder = try Self.folder()
    defer { folder.remove() }
    let conductor = Conductor(
      library: folder.library, preset: try folder.library.load("centre"), options: LiveOptions())
    let error = await #expect(throws: PresetError.self) { try await conductor.use("center") }
    #expect("\(error.map(String.init(describing:)) ?? "")".contains("centre"))
    #expect(await conductor.situation().preset == "centre")
  }

  @Test("Another period is taken up while sound runs")
  func period() async throws {
    let folder = try Self.folder()
    defer { folder.remove() }
    let conductor = Conductor(
      library: folder.library, preset: try folder.library.load("passthrough"), options: LiveOptions())
    let server = try await Self.start(conductor, period: 512)
    await server.play(periods: 20)
    await conductor.changePeriod(128)
    let changed = await Self.event(.periodChanged, from: conductor)
    #expect(changed != nil)
    let situation = await conductor.situation()
    #expect(situation.period == 128)
    #expect(situation.latency?.framing == 1024 - 128)
    await server.play(periods: 20)
    server.stop()
    #expect(conductor.board.latency == situation.latency?.samples)
    await conductor.disconnect()
  }

  @Test("A network that cannot keep up gives way to its fallback")
  func fallback() async throws {
    let folder = try Self.folder()
    defer { folder.remove() }
    let model = Self.repository.appendingPathComponent("presets/svsgan.safetensors").path
    try folder.write(
      "net",
      """
      format = 1
      title = "Net"
      summary = "A network."
      method = "network"
      fallback = "centre"
      [network]
      model = "\(model)"
      """)
    let conductor = Conductor(
      library: folder.library, preset: try folder.library.load("net"), options: LiveOptions())
    // At 1 kHz a hop is 16 samples, so a call brings 512 frames; and one call after another: the mask thread cannot follow.
    let path = try await conductor.connect(rate: 1000, period: 8192, priority: nil)
    let server = ScriptedServer(path: path, period: 8192, pause: 0, forgets: true, source: Self.tone)
    #expect(await hasFallenBack(conductor, server))
    let fellBack = await Self.event(.fellBack, from: conductor)
    #expect(fellBack?.preset == "centre")
    #expect(conductor.board.lateFrames > 0)
    server.stop()
    await conductor.disconnect()
  }

  /// Answers the conductor's trials as a test wants, and counts them.
  final class Machine: Sendable {
    private let state = Mutex((isQuiet: false, trials: 0))
    var trials: Int { state.withLock { $0.trials } }
    func become(quiet: Bool) { state.withLock { $0.isQuiet = quiet } }
    func answer() -> Bool {
      state.withLock {
        $0.trials += 1
        return $0.isQuiet
      }
    }
  }

  /// Looks after the conductor as a daemon does until the centre is heard.
  private func hasFallenBack(_ conductor: Conductor, _ server: ScriptedServer) async -> Bool {
    await Self.eventually {
      await server.play(periods: 4)
      await conductor.supervise()
      return await conductor.situation().preset == "centre"
    }
  }

  /// A network that falls back to the centre, on a server that is as fast as it can be for as long as `isBusy`.
  private func overloaded(
    _ folder: PresetFolder, _ machine: Machine
  ) async throws -> (conductor: Conductor, server: ScriptedServer) {
    let model = Self.repository.appendingPathComponent("presets/svsgan.safetensors").path
    try folder.write(
      "net",
      """
      format = 1
      title = "Net"
      summary = "A network."
      method = "network"
      fallback = "centre"
      [network]
      model = "\(model)"
      """)
    let conductor = Conductor(
      library: folder.library, preset: try folder.library.load("net"), options: LiveOptions(),
      trial: { _, _, _ in machine.answer() })
    let path = try await conductor.connect(rate: 1000, period: 8192, priority: nil)
    let server = ScriptedServer(path: path, period: 8192, pause: 0, forgets: true, source: Self.tone)
    #expect(await hasFallenBack(conductor, server))
    return (conductor, server)
  }

  @Test("When the machine is quiet again the preset that had to give way is back, and says so")
  func returning() async throws {
    let folder = try Self.folder()
    defer { folder.remove() }
    let machine = Machine()
    let (conductor, server) = try await overloaded(folder, machine)
    #expect(await Self.event(.fellBack, from: conductor)?.from == "net")
    var situation = await conductor.situation()
    #expect(situation.preset == "centre" && situation.wanted == "net" && situation.operatorsPreset == "net")
    // Not quiet: tried, and no more.
    #expect(
      await Self.eventually {
        for _ in 0..<Recovery.firstWait where machine.trials == 0 { await conductor.supervise() }
        return machine.trials > 0
      })
    #expect(await conductor.situation().preset == "centre")
    machine.become(quiet: true)
    // A server that gives the network its time.
    server.slowDown(to: 0.5)
    var returned: LiveEvent?
    let listener = Task { await Self.event(.returned, from: conductor) }
    #expect(
      await Self.eventually {
        await conductor.supervise()
        situation = await conductor.situation()
        return situation.preset == "net"
      })
    returned = await listener.value
    #expect(returned?.preset == "net" && returned?.from == "centre")
    #expect(situation.preset == "net" && situation.wanted == nil)
    server.stop()
    await conductor.disconnect()
  }

  @Test("A preset that was too slow when the server came is tried again, and taken when it is not")
  func forcedFallback() async throws {
    let folder = try Self.folder()
    defer { folder.remove() }
    try folder.write("slow", Self.centre + "\nfallback = 'passthrough'\n")
    let machine = Machine()
    machine.become(quiet: true)
    // A step of a second at first, as on a machine that is starting; from the third time on one of a microsecond.
    let measured = Machine()
    let conductor = Conductor(
      library: folder.library, preset: try folder.library.load("slow"), options: LiveOptions(),
      trial: { _, _, _ in machine.answer() },
      measure: { settings, _, _ in
        guard case .centre = settings.method else { return StepCost(median: 0, p99: 0, cycle: [0]) }
        _ = measured.answer()
        let seconds = measured.trials < 3 ? 1 : 1e-6
        return StepCost(median: seconds, p99: seconds, cycle: [seconds])
      })
    let server = try await Self.start(conductor)
    var situation = await conductor.situation()
    #expect(situation.preset == "passthrough" && situation.operatorsPreset == "slow")
    #expect(situation.refusal?.contains("slow: a step of the estimator takes 1000.0 ms") == true)
    #expect(
      await Self.eventually {
        for _ in 0..<Recovery.firstWait { await conductor.supervise() }
        situation = await conductor.situation()
        return situation.preset == "slow"
      })
    #expect(measured.trials == 3 && machine.trials == 1 && situation.wanted == nil)
    server.stop()
    await conductor.disconnect()
  }

  @Test("An operator's choice ends the wait for the preset that had to give way")
  func choosingEndsRecovery() async throws {
    let folder = try Self.folder()
    defer { folder.remove() }
    let machine = Machine()
    machine.become(quiet: true)
    let (conductor, server) = try await overloaded(folder, machine)
    #expect(await conductor.situation().wanted == "net")
    _ = try await conductor.use("passthrough")
    #expect(await conductor.situation().wanted == nil)
    #expect(await Self.eventually { await conductor.situation().preset == "passthrough" })
    for _ in 0..<Recovery.firstWait * 3 { await conductor.supervise() }
    #expect(machine.trials == 0)
    #expect(await conductor.situation().preset == "passthrough")
    server.stop()
    await conductor.disconnect()
  }

  @Test("Freewheel waits for every mask and gives the same bits twice")
  func freewheel() async throws {
    let folder = try Self.folder()
    defer { folder.remove() }
    let model = Self.repository.appendingPathComponent("presets/svsgan.safetensors").path
    try folder.write(
      "net",
      "format = 1\ntitle = \"Net\"\nsummary = \"A network.\"\nmethod = \"network\"\n[network]\nmodel = \"\(model)\"")
    func export(silentPeriods: Int) async throws -> [Float] {
      let conductor = Conductor(
        library: folder.library, preset: try folder.library.load("net"), options: LiveOptions())
      let path = try await conductor.connect(rate: 48000, period: 256, priority: nil)
      let lead = silentPeriods * 256
      let server = ScriptedServer(path: path, period: 256, pause: 0.001) { channel, sample in
        sample < lead ? 0 : Self.tone(channel, sample - lead)
      }
      server.freewheel(true)
      await server.play(periods: silentPeriods + 200)
      server.stop()
      #expect(conductor.board.lateFrames == 0)
      await conductor.disconnect()
      return Array(server.voice[0].dropFirst(lead).prefix(190 * 256))
    }
    let first = try await export(silentPeriods: 2)
    let second = try await export(silentPeriods: 7)
    #expect(first.contains { $0 != 0 })
    #expect(first == second)
  }

  @Test("Leaving fades both stems to silence")
  func farewell() async throws {
    let folder = try Self.folder()
    defer { folder.remove() }
    let conductor = Conductor(
      library: folder.library, preset: try folder.library.load("centre"), options: LiveOptions())
    let server = try await Self.start(conductor)
    await server.play(periods: 40)
    conductor.board.leave()
    await server.play(periods: 12)
    server.stop()
    #expect(conductor.board.hasLeft)
    for stem in [server.voice[0], server.accompaniment[0]] {
      #expect(stem.suffix(256).allSatisfy { $0 == 0 })
      let steps = zip(stem, stem.dropFirst()).dropFirst(5000).map { abs($1 - $0) }
      #expect(steps.max() ?? 0 <= 0.024)
    }
    await conductor.disconnect()
  }
}
