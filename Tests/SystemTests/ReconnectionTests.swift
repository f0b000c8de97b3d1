import Audio
import ChildProcess
import Foundation
import Testing

extension SystemTests {
  /// A server that goes away and comes back.
  @Suite(.serialized) struct ReconnectionTests {
    @Test(arguments: [SIGKILL, SIGTERM]) func theDaemonComesBackToAnotherServer(signal: Int32) throws {
      let stage = try Stage(preset: "centre", rate: 48_000, period: 1024)
      let (daemon, server) = (stage.daemon, stage.server)
      _ = try daemon.call("gain", ["stem": "voice", "decibels": -6])
      let ports = try server.ports(of: "sotto")
      var neighbour: PassClient? = try PassClient(server: server, name: "neighbour", channels: 2)
      let links = [
        ("neighbour:out_1", "sotto:in_1"), ("system:capture_2", "sotto:in_2"), ("sotto:voice_1", "neighbour:in_1"),
        ("sotto:voice_1", "system:playback_1"), ("sotto:accompaniment_2", "system:playback_2"),
      ]
      for (source, destination) in links { try server.connect(source, destination) }
      usleep(700_000)  // it looks at its connections twice a second

      server.stop(with: signal)
      neighbour = nil
      let waiting = try daemon.wait(for: "waiting for JACK")
      #expect(waiting["sampleRate"] is NSNull)
      #expect(waiting["latency"] is NSNull)

      try server.start(rate: 44_100, period: 512)
      neighbour = try PassClient(server: server, name: "neighbour", channels: 2)
      let status = try daemon.wait(for: "running")
      #expect(status["client"] as? String == "sotto")
      #expect(status["sampleRate"] as? Int == 44_100)
      #expect(status["period"] as? Int == 512)
      #expect((status["gains"] as? [String: Any])?["voice"] as? Double == -6)
      #expect(try server.ports(of: "sotto") == ports)
      try within(seconds: 3) {
        try links.allSatisfy { try server.connections(of: $0.0).contains($0.1) }
      }
      withExtendedLifetime(neighbour) {}

      _ = try daemon.call("gain", ["stem": "voice", "decibels": 0])
      usleep(300_000)
      try server.disconnect("neighbour:out_1", "sotto:in_1")
      try expectExact(stage)
    }

    @Test func itComesBackAgainAndAgain() throws {
      let stage = try Stage(preset: "passthrough")
      for (rate, period) in [(96_000, 2048), (44_100, 1024), (48_000, 512)] {
        stage.server.stop(with: SIGKILL)
        try stage.daemon.wait(for: "waiting for JACK")
        try stage.server.start(rate: rate, period: period)
        let status = try stage.daemon.wait(for: "running")
        #expect(status["sampleRate"] as? Int == rate)
        #expect(status["period"] as? Int == period)
      }
      try expectExact(stage)
    }

    @Test func everyAnswerIsOfOneMomentWhileServersComeAndGo() throws {
      let stage = try Stage(preset: "passthrough")
      for _ in 0..<4 {
        stage.server.stop(with: SIGKILL)
        try expectOneMoment(stage, until: "waiting for JACK")
        try stage.server.start(rate: 48_000, period: 1024)
        try expectOneMoment(stage, until: "running")
      }
    }

    /// As PipeWire does: no word, only no more calls.
    @Test func aServerThatFallsSilentIsNoticedAndTheDaemonGoesOnWhenItSpeaksAgain() throws {
      let stage = try Stage(preset: "passthrough")
      try stage.server.connect("system:capture_1", "sotto:in_1")
      usleep(700_000)
      stage.server.process.send(SIGSTOP)
      defer { stage.server.process.send(SIGCONT) }
      let start = Date()
      var answers = 0
      var state = ""
      while Date().timeIntervalSince(start) < 4 {
        // Each answer within a second, or the connection gives up.
        let connection = try LineConnection(path: stage.daemon.socket, seconds: 1)
        try connection.send(Data(#"{"jsonrpc":"2.0","id":1,"method":"status"}"#.utf8))
        _ = try connection.receive()
        let reply = try #require(try connection.receive())
        let result = (try JSONSerialization.jsonObject(with: reply) as? [String: Any])?["result"] as? [String: Any]
        state = try #require(result?["state"] as? String)
        answers += 1
        usleep(50_000)
      }
      #expect(state == "waiting for JACK")
      #expect(answers > 20)
      stage.server.process.send(SIGCONT)
      let status = try stage.daemon.wait(for: "running")
      #expect(status["client"] as? String == "sotto")
      try within(seconds: 3) { try stage.server.connections(of: "sotto:in_1") == ["system:capture_1"] }
      try expectExact(stage)
    }

    @Test func aDaemonThatWaitsTakesWishesAndKeepsThem() throws {
      let stage = try Stage(preset: "passthrough")
      stage.server.stop(with: SIGKILL)
      try stage.daemon.wait(for: "waiting for JACK")
      _ = try stage.daemon.call("use", ["name": "centre"])
      _ = try stage.daemon.call("bypass", ["on": true])
      try stage.server.start(rate: 48_000, period: 1024)
      let status = try stage.daemon.wait(for: "running")
      #expect(status["preset"] as? String == "centre")
      #expect(status["bypass"] as? Bool == true)
      try expectExact(stage)
    }

    /// Asks for the status as fast as it is answered, until `state` has been told for a tenth of a second.
    private func expectOneMoment(_ stage: Stage, until state: String) throws {
      let end = Date().addingTimeInterval(20)
      var reached: Date?
      while Date().timeIntervalSince(reached ?? .distantFuture) < 0.1 {
        let status = try stage.daemon.call("status")
        let isRunning = status["state"] as? String == "running"
        for key in ["sampleRate", "period", "latency", "step"] {
          try #require((status[key] is NSNull) != isRunning, "\(key) in \(status)")
        }
        if status["state"] as? String == state { reached = reached ?? Date() }
        try #require(Date() < end, "never \(state)")
      }
    }

    private func expectExact(_ stage: Stage) throws {
      let heard = try stage.play(noise(channels: 2, frames: 96_000))
      #expect(heard.residue(latency: try stage.daemon.latency()) < -120)
    }
  }
}

/// Waits until `isTrue`.
func within(
  seconds: Double, sourceLocation: SourceLocation = #_sourceLocation, _ isTrue: () throws -> Bool
) throws {
  let end = Date().addingTimeInterval(seconds)
  while try !isTrue() {
    guard Date() < end else {
      Issue.record("not within \(seconds) s", sourceLocation: sourceLocation)
      return
    }
    usleep(50_000)
  }
}
