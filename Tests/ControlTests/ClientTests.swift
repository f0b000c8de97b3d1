import Control
import ControlFixtures
import Testing

/// What a program that uses the client is told when things are not as they should be.
struct ClientTests {
  @Test func withoutADaemonTheMessageSaysWhereAndHow() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let error = await #expect(throws: ControlClientError.self) {
      try await blocking { try ControlClient(path: folder.file("control.sock")) }
    }
    #expect(error == .noDaemon(path: folder.file("control.sock")))
    #expect(error?.description.contains(folder.file("control.sock")) == true)
    #expect(error?.description.contains("start one with \"sottod\"") == true)
  }

  @Test(arguments: [
    (#"{"jsonrpc":"2.0","method":"hello","params":{"program":"sottod","version":"9.0","protocol":2}}"#, "protocol 2"),
    ("OK MPD 0.23", "OK MPD 0.23"),
    (
      #"{"jsonrpc":"2.0","id":null,"error":{"code":-32012,"message":"All places are taken."}}"#, "All places are taken."
    ),
  ])
  func aStrangeFirstLineIsNamed(line: String, reason: String) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let other = try BoundSocket(folder.file("s"))
    other.listen()
    async let served = blocking { other.serve([line]) }
    let error = await #expect(throws: ControlClientError.self) {
      try await blocking { try ControlClient(path: folder.file("s")) }
    }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    _ = try await served
  }

  @Test func aDaemonThatDoesNotAnswerIsGivenUp() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let other = try BoundSocket(folder.file("s"))
    other.listen()
    let hello = #"{"jsonrpc":"2.0","method":"hello","params":{"program":"sottod","version":"0.1.0","protocol":1}}"#
    async let served = blocking { other.serve([hello]) }
    await #expect(throws: ControlClientError.timedOut(path: folder.file("s"), seconds: 0.1)) {
      try await blocking { try ControlClient(path: folder.file("s"), timeout: .milliseconds(100)).status() }
    }
    _ = try await served
  }

  @Test func everyMethodIsThere() async throws {
    let daemon = ScriptedDaemon()
    try await serving(daemon) { server in
      let path = server.path
      try await blocking {
        let client = try ControlClient(path: path)
        #expect(client.hello == Hello(program: "sottod", version: "0.1.0"))
        #expect(try client.presets().map(\.name) == ScriptedDaemon.names)
        #expect(try client.use(preset: "centre").accepted)
        #expect(try client.setGain(of: .voice, to: -6.5) == Gains(voice: -6.5))
        #expect(try client.setGain(of: .accompaniment, to: .silent).accompaniment == .silent)
        #expect(try client.setBypass(true).bypass)
        #expect(try client.setThreshold(0.25).threshold == 0.25)
        #expect(try client.check(preset: "centre").latency?.samples == 1024)
        #expect(try client.reload().presets == ScriptedDaemon.names)
        let status = try client.status()
        #expect(status.gains == Gains(voice: -6.5, accompaniment: .silent))
        #expect(status.bypass && status.threshold == 0.25)
        #expect(status.switching == nil)
        #expect(status.latency?.samples == 3072)
      }
      #expect(
        await daemon.heard == [
          "use centre", "gain voice -6.5", "gain accompaniment -inf", "bypass true", "threshold 0.25",
          "reload",
        ])
    }
  }

  @Test func aRefusalCarriesItsPartsToTheCaller() async throws {
    try await serving { server in
      let path = server.path
      let error = await #expect(throws: ControlClientError.self) {
        try await blocking { try ControlClient(path: path).use(preset: "centr") }
      }
      guard case .refused(let refusal)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
      #expect(refusal.code == .presetUnknown)
      #expect(refusal.data?.suggestion == "centre")
      #expect(refusal.data?.expected == "svsgan, centre, passthrough")
    }
  }
}
