import Audio
import Foundation
import Testing

extension SystemTests {
  /// More than one daemon.
  @Suite(.serialized) struct CompanyTests {
    @Test func twoOnOneServerPlaySideBySide() throws {
      let stage = try Stage(preset: "centre")
      let other = try Daemon(server: stage.server.name, name: "second", preset: "passthrough")
      try other.wait(for: "running")
      let sound = noise(channels: 2, frames: 120_000)
      var together: [Heard] = []
      for _ in 0..<3 where together.allSatisfy({ $0.usable == 0 }) {
        let first = try stage.rehearsal(of: sound)
        let second = try stage.server.rehearsal(of: sound, through: other)
        try first.start()
        try second.start()
        together = [Heard(played: sound, take: try first.finish()), Heard(played: sound, take: try second.finish())]
      }
      #expect(together[0].residue(latency: try stage.daemon.latency()) < -120)
      #expect(together[1].residue(latency: try other.latency()) < -120)
      #expect(together[1].voice != together[0].voice)
      // The end of one is nothing to the other.
      #expect(other.stop().status == 0)
      let heard = try stage.play(sound)
      #expect(heard.residue(latency: try stage.daemon.latency()) < -120)
    }

    @Test func twoOnTwoServersKnowTheirOwn() throws {
      let first = try Stage(rate: 48_000, period: 1024)
      let second = try Stage(preset: "centre", rate: 44_100, period: 512)
      #expect(try first.daemon.call("status")["server"] as? String == first.server.name)
      #expect(try second.daemon.call("status")["server"] as? String == second.server.name)
      #expect(try first.daemon.call("status")["sampleRate"] as? Int == 48_000)
      #expect(try second.daemon.call("status")["sampleRate"] as? Int == 44_100)
      first.server.stop(with: SIGKILL)
      try first.daemon.wait(for: "waiting for JACK")
      let heard = try second.play(noise(channels: 2, frames: 96_000))
      #expect(heard.residue(latency: try second.daemon.latency()) < -120)
      #expect(try second.daemon.call("status")["state"] as? String == "running")
    }

    @Test func aSecondOneOfTheSameNameOnOneServerGetsANumber() throws {
      let stage = try Stage()
      let other = try Daemon(server: stage.server.name)
      let status = try other.wait(for: "running")
      #expect(status["client"] as? String == "sotto-01")
      #expect(try stage.server.has(port: "sotto-01:in_1"))
    }

    @Test func aSecondOneOnTheSameSocketIsRefused() throws {
      let stage = try Stage()
      let other = try Daemon(server: stage.server.name, home: stage.daemon.home)
      #expect(other.socket == stage.daemon.socket)
      let end = try other.waitForEnd()
      #expect(end.status == 73)
      #expect(end.log.contains(stage.daemon.socket))
      #expect(try stage.daemon.call("status")["state"] as? String == "running")
    }

    @Test func aSocketThatACrashedOneLeftIsTakenOver() throws {
      let home = try Home()
      let server = try JackServer()
      let crashed = try Daemon(server: server.name, home: home)
      try crashed.wait(for: "running")
      #expect(crashed.stop(with: SIGKILL).signalled)
      #expect(FileManager.default.fileExists(atPath: crashed.socket))
      let next = try Daemon(server: server.name, home: home)
      #expect(try next.wait(for: "running")["client"] as? String == "sotto")
    }
  }
}
