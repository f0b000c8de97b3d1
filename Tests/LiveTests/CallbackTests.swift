import Foundation
import Preset
import Separation
import Testing

@testable import Live

/// What becomes of estimators that run in the sound server's callback.
@Suite(.serialized) struct CallbackTests {
  /// A dictionary whose steps run in the callback and take a share of its time, whatever they were measured to take.
  private func inCallback(
    _ folder: PresetFolder, share: Double
  ) async throws -> (conductor: Conductor, server: ScriptedServer) {
    let dictionary = ConductorTests.repository.appendingPathComponent("presets/nmf.safetensors").path
    try folder.write(
      "atoms",
      """
      format = 1
      title = "Atoms"
      summary = "A dictionary."
      method = "nmf"
      drive = "inline"
      fallback = "centre"
      [nmf]
      dictionary = "\(dictionary)"
      updates = 1
      """)
    let conductor = Conductor(
      library: folder.library, preset: try folder.library.load("atoms"), options: LiveOptions(),
      trial: { _, _, _ in true },
      measure: { _, _, _ in StepCost(median: 1e-6, p99: 1e-6, cycle: [1e-6]) },
      spent: { Double($0.callbacks * 256) / 48000 * share })
    let server = try await ConductorTests.start(conductor, pause: 0.001)
    #expect(await conductor.situation().drive == LiveOptions.Drive.inline)
    return (conductor, server)
  }

  @Test("Steps that take most of the callback's time, whatever they were measured to take, get a thread")
  func leavingCallback() async throws {
    let folder = try ConductorTests.folder()
    defer { folder.remove() }
    let (conductor, server) = try await inCallback(folder, share: 0.6)
    let before = try #require(await conductor.situation().latency?.samples)
    let moved = await ConductorTests.eventually {
      await server.play(periods: 4)
      await conductor.supervise()
      return await conductor.situation().drive == LiveOptions.Drive.threaded
    }
    #expect(moved)
    #expect(await ConductorTests.event(.leftCallback, from: conductor)?.preset == "atoms")
    let situation = await conductor.situation()
    #expect(situation.preset == "atoms" && situation.latency?.samples ?? 0 > before)
    try await conductor.reload()
    #expect(
      await ConductorTests.eventually { await conductor.situation().drive == LiveOptions.Drive.inline },
      "read again, it gets another chance")
    server.stop()
    await conductor.disconnect()
  }

  @Test("Steps that leave others their time stay in the callback")
  func stayingInCallback() async throws {
    let folder = try ConductorTests.folder()
    defer { folder.remove() }
    let (conductor, server) = try await inCallback(folder, share: 0.4)
    for _ in 0..<40 {
      await server.play(periods: 8)
      await conductor.supervise()
    }
    let situation = await conductor.situation()
    #expect(situation.drive == LiveOptions.Drive.inline && situation.next == nil)
    server.stop()
    await conductor.disconnect()
    ConductorTests.checkSum(server, latency: try #require(situation.latency?.samples))
  }
}
