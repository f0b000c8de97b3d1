import ChildProcess
import Foundation
import Testing

extension SystemTests {
  /// Waiting for a server, and the connections that the operator asked for.
  @Suite(.serialized) struct ConnectingTests {
    @Test func noWaitEndsWithoutAServer() throws {
      let end = try Daemon(server: "sotto-test-nobody", arguments: ["--no-wait"]).waitForEnd()
      #expect(end.status == 69)
      #expect(end.log.contains("sotto-test-nobody"))
    }

    @Test func otherwiseItWaitsAndJoinsLater() throws {
      let server = try JackServer()
      server.stop()
      let daemon = try Daemon(server: server.name)
      try daemon.wait(for: "waiting for JACK")
      usleep(700_000)
      #expect(daemon.process.isRunning)
      // The trouble is told once, not at every try.
      #expect(daemon.said.components(separatedBy: "waiting for JACK").count == 2, "\(daemon.said)")
      try server.start(rate: 48_000, period: 512)
      #expect(try daemon.wait(for: "running")["period"] as? Int == 512)
    }

    @Test func itNeverStartsAServerItself() throws {
      let daemon = try Daemon(server: "sotto-test-nobody")
      try daemon.wait(for: "waiting for JACK")
      usleep(1_000_000)
      #expect(try daemon.call("status")["state"] as? String == "waiting for JACK")
    }

    @Test func withoutPatternsNothingIsConnected() throws {
      let stage = try Stage()
      usleep(700_000)
      for port in stage.daemon.inputs() + stage.daemon.outputs() {
        #expect(try stage.server.connections(of: port) == [])
      }
    }

    @Test func patternsConnectAndWhatIsRemovedStaysRemoved() throws {
      let server = try JackServer()
      let early = try PassClient(server: server, name: "player", channels: 2)
      let daemon = try Daemon(
        server: server.name, arguments: ["--connect-in", "^player:out_", "--connect-out", "^(mixer|player):in_"])
      try daemon.wait(for: "running")
      try within(seconds: 3) {
        try server.connections(of: "sotto:in_1") == ["player:out_1"]
          && server.connections(of: "sotto:in_2") == ["player:out_2"]
          && server.connections(of: "sotto:accompaniment_1") == ["player:in_1"]
          && server.connections(of: "sotto:accompaniment_2") == ["player:in_2"]
      }
      // Both stems, so that the gains say how much of each is heard.
      #expect(try server.connections(of: "sotto:voice_1") == ["player:in_1"])
      #expect(try server.connections(of: "sotto:voice_2") == ["player:in_2"])

      try server.disconnect("player:out_1", "sotto:in_1")
      try server.disconnect("sotto:accompaniment_2", "player:in_2")
      usleep(1_500_000)
      #expect(try server.connections(of: "sotto:in_1") == [])
      #expect(try server.connections(of: "sotto:accompaniment_2") == [])
      #expect(try server.connections(of: "sotto:in_2") == ["player:out_2"])

      // One that comes later is connected as well, and brings nothing back.
      let late = try PassClient(server: server, name: "mixer", channels: 2)
      try within(seconds: 3) { try !server.connections(of: late.inputs[0]).isEmpty }
      try within(seconds: 3) { try !server.connections(of: late.inputs[1]).isEmpty }
      #expect(try server.connections(of: "sotto:in_1") == [])
      #expect(try !server.connections(of: "sotto:accompaniment_2").contains("player:in_2"))
      withExtendedLifetime((early, late)) {}
    }

    @Test func foreignConnectionsAreLeftAlone() throws {
      let server = try JackServer()
      try server.connect("system:capture_1", "system:playback_1")
      let daemon = try Daemon(
        server: server.name, arguments: ["--connect-in", "^system:capture_", "--connect-out", "^system:playback_"])
      try daemon.wait(for: "running")
      try within(seconds: 3) { try server.connections(of: "sotto:accompaniment_1").contains("system:playback_1") }
      #expect(try server.connections(of: "system:capture_1") == ["sotto:in_1", "system:playback_1"])
    }

    @Test func aPatternThatIsNoneIsRefused() throws {
      let end = try Daemon(server: "sotto-test-nobody", arguments: ["--connect-in", "("]).waitForEnd()
      #expect(end.status == 64)
      #expect(end.log.contains("regular expression"))
    }

    @Test func aPresetThatIsNotThereIsRefusedBeforeAnything() throws {
      let end = try Daemon(server: "sotto-test-nobody", preset: "svsgun").waitForEnd()
      #expect(end.status == 66)
      #expect(end.log.contains("svsgan"))
    }
  }
}
