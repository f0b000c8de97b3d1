import Audio
import CJack
import Foundation
import Testing

extension SystemTests {
  /// What JACK is told of the latency, in both directions, on every port; and what it is.
  @Suite(.serialized) struct LatencyTests {
    @Test func everyPortTellsTheMeasuredLatencyBothWays() throws {
      let home = try Home()
      let server = try JackServer(rate: 48_000, period: 1024)
      do {
        let daemon = try Daemon(server: server.name, preset: "passthrough", home: home)
        try daemon.wait(for: "running")
        try expectTruth(of: daemon, in: server)

        try daemon.use("svsgan")
        try expectTruth(of: daemon, in: server)

        try server.change(period: 512)
        try daemon.wait("period 512") { $0["period"] as? Int == 512 && $0["switching"] is NSNull }
        try expectTruth(of: daemon, in: server)
        #expect(daemon.stop().status == 0)
      }
      let daemon = try Daemon(server: server.name, preset: "passthrough", home: home)
      try daemon.wait(for: "running")
      try expectTruth(of: daemon, in: server)
    }

    @Test(arguments: [44_100, 96_000], ["svsgan", "sotto-soon", "sotto-low"])
    func itIsTrueAtOtherRates(rate: Int, preset: String) throws {
      let server = try JackServer(rate: rate, period: 1024)
      let daemon = try Daemon(server: server.name, preset: preset)
      try daemon.wait(for: "running")
      try expectTruth(of: daemon, in: server)
    }

    @Test func thePinnedLatencyIsKeptByEveryPreset() throws {
      let stage = try Stage(preset: "passthrough", arguments: ["--latency", "8192"])
      for preset in ["passthrough", "centre", "sotto", "sotto-low"] {
        try stage.daemon.use(preset)
        #expect(try stage.daemon.latency() == 8192)
        try expectTruth(of: stage.daemon, in: stage.server)
      }
    }

    @Test func aBoundThatCannotBeKeptEndsTheDaemonWithTheArithmetic() throws {
      let server = try JackServer(rate: 48_000, period: 1024)
      let daemon = try Daemon(server: server.name, preset: "passthrough", arguments: ["--max-latency", "5ms"])
      let end = try daemon.waitForEnd()
      #expect(end.status == 78)
      // 1024 - gcd(1024, 256) is 768; whole periods of 1024 in hand.
      #expect(end.log.contains("768 framing"), "\(end.log)")
      #expect(end.log.contains("over the bound of 5.0 ms (--max-latency)"), "\(end.log)")
    }

    @Test func aBoundThatAnotherPresetCannotKeepLeavesTheOneThatDoes() throws {
      // 60 ms at 48 kHz are 2880 samples: enough for a window of 1024, not for 3072 and a period in hand.
      let stage = try Stage(preset: "centre", arguments: ["--max-latency", "60ms"])
      _ = try? stage.daemon.call("use", ["name": "svsgan"])
      let status = try stage.daemon.wait("a refusal") { $0["lastError"] is String }
      #expect(status["preset"] as? String == "centre")
      #expect((status["lastError"] as? String)?.contains("--max-latency") == true)
      #expect(status["state"] as? String == "running")
    }

    /// Compares all that is told with the sound card's own figures and with what cross-correlation finds.
    private func expectTruth(of daemon: Daemon, in server: JackServer) throws {
      let latency = try daemon.latency()
      let measured = try measure(daemon, in: server)
      #expect(measured == latency)

      try server.wireToCard(daemon)
      usleep(100_000)
      for channel in 1...2 {
        let card = try server.latency(of: "system:capture_\(channel)", JackCaptureLatency)
        #expect(try server.latency(of: "\(daemon.name):in_\(channel)", JackCaptureLatency) == card)
        for stem in ["voice", "accompaniment"] {
          let told = try server.latency(of: "\(daemon.name):\(stem)_\(channel)", JackCaptureLatency)
          #expect(told == card + measured, "\(stem)_\(channel)")
        }
        #expect(try server.latency(of: "system:playback_\(channel)", JackCaptureLatency) == card + measured)
      }
      for (channel, stem) in ["voice", "accompaniment"].enumerated() {
        let card = try server.latency(of: "system:playback_\(channel + 1)", JackPlaybackLatency)
        for own in 1...2 {
          #expect(try server.latency(of: "\(daemon.name):\(stem)_\(own)", JackPlaybackLatency) == card)
          #expect(try server.latency(of: "\(daemon.name):in_\(own)", JackPlaybackLatency) == card + measured)
        }
        let capture = try server.latency(of: "system:capture_\(channel + 1)", JackPlaybackLatency)
        #expect(capture == card + measured)
      }
      for port in daemon.inputs() + daemon.outputs() {
        for other in try server.connections(of: port) {
          if daemon.inputs().contains(port) {
            try server.disconnect(other, port)
          } else {
            try server.disconnect(port, other)
          }
        }
      }
    }

    private func measure(_ daemon: Daemon, in server: JackServer) throws -> Int {
      let sound = noise(channels: 2, frames: 48_000)
      for _ in 0..<5 {
        let take = try server.rehearsal(of: sound, through: daemon).run()
        if let delay = take.delay(of: sound, longest: 12_000), delay.likeness > 0.99999 { return delay.frames }
      }
      throw Daemon.Failure(description: "no take without a lost cycle")
    }
  }
}

private func + (range: ClosedRange<Int>, frames: Int) -> ClosedRange<Int> {
  (range.lowerBound + frames)...(range.upperBound + frames)
}
