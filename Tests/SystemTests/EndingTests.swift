import Audio
import ChildProcess
import Foundation
import Testing

extension SystemTests {
  /// How a daemon ends, and how it reads its presets again.
  @Suite(.serialized) struct EndingTests {
    @Test func itEndsWithinATenthOfASecond() throws {
      let server = try JackServer(rate: 48_000, period: 512)
      var times: [Double] = []
      for signal in [SIGTERM, SIGTERM, SIGTERM, SIGTERM, SIGINT] {
        let daemon = try Daemon(server: server.name, preset: "svsgan")
        try daemon.wait(for: "running")
        let end = daemon.stop(with: signal)
        #expect(end.status == 0 && !end.signalled, "\(end.log)")
        #expect(try server.ports(of: "sotto") == [])
        #expect(!FileManager.default.fileExists(atPath: daemon.socket))
        times.append(end.seconds)
      }
      #expect(times.sorted()[2] < 0.1, "\(times)")
    }

    @Test func itEndsAsSoonWhenThereIsNoServer() throws {
      let daemon = try Daemon(server: "sotto-test-nobody")
      try daemon.wait(for: "waiting for JACK")
      let end = daemon.stop()
      #expect(end.status == 0 && !end.signalled)
      #expect(end.seconds < 0.2)
    }

    /// Whatever hangs.
    @Test func itEndsAsSoonWhenTheServerHangs() throws {
      let server = try JackServer(rate: 48_000, period: 1024)
      let daemon = try Daemon(server: server.name)
      try daemon.wait(for: "running")
      for pause in [0.2, 3.5] {
        let other = try Daemon(server: server.name, name: "other-\(pause)")
        try other.wait(for: "running")
        server.process.send(SIGSTOP)
        usleep(UInt32(pause * 1e6))
        let watch = Date()
        other.process.send(SIGTERM)
        while other.process.isRunning, Date().timeIntervalSince(watch) < 3 { usleep(5_000) }
        server.process.send(SIGCONT)
        let end = try other.waitForEnd()
        #expect(Date().timeIntervalSince(watch) < 1, "\(end.log)")
        #expect(end.status == 0 && !end.signalled)
        try daemon.wait(for: "running")
      }
    }

    @Test func theSoundFadesOutBeforeItGoes() throws {
      let server = try JackServer(rate: 48_000, period: 512)
      let daemon = try Daemon(server: server.name, preset: "passthrough")
      try daemon.wait(for: "running")
      let sound = tone(frames: 120_000)
      let rehearsal = try server.rehearsal(of: [sound, sound], through: daemon)
      try rehearsal.start()
      rehearsal.wait(for: 60_000)
      #expect(daemon.stop().status == 0)
      let heard = Heard(played: [sound, sound], take: try rehearsal.finish())
      for channel in 0..<2 {
        let voice = heard.voice[channel]
        let end = try #require(voice.lastIndex { $0 != 0 })
        #expect(end < 110_000)
        // From full sound to nothing in 20 ms, and nowhere a step that the tone itself has not.
        let own = largestStep(sound[...])
        #expect(largestStep(voice[(end - 24_000)...]) <= own * 1.01)
        #expect(peak(voice[(end - 12_000)..<(end - 9_000)]) > -7)
        #expect(peak(voice[(end - 48)...]) < -30)
      }
    }

    @Test func aBrokenPresetIsReportedAndTheOldOneGoesOn() throws {
      let home = try Home()
      let presets = home.url.appending(path: "own")
      try FileManager.default.createDirectory(at: presets, withIntermediateDirectories: true)
      let file = presets.appending(path: "centre.toml")
      let sound = try String(contentsOf: Daemon.presets.appending(path: "centre.toml"), encoding: .utf8)
      try sound.write(to: file, atomically: true, encoding: .utf8)
      let server = try JackServer(rate: 48_000, period: 1024)
      let daemon = try Daemon(server: server.name, preset: "centre", home: home, presets: presets)
      try daemon.wait(for: "running")

      try (sound + "\n[cetnre]\nexponent = 3.0\n").write(to: file, atomically: true, encoding: .utf8)
      daemon.process.send(SIGHUP)
      try within(seconds: 3) { daemon.said.contains(file.path) }
      #expect(daemon.said.contains("cetnre"))
      #expect(try daemon.call("status")["preset"] as? String == "centre")
      #expect(try daemon.call("status")["state"] as? String == "running")
      let reply = try daemon.call("reload")
      let broken = try #require(reply["broken"] as? [[String: Any]])
      #expect(broken.contains { $0["path"] as? String == file.path })

      // Mended, it takes over: a window of 2048 has another latency.
      let before = try daemon.latency()
      try sound.replacingOccurrences(of: "window = 1024", with: "window = 2048")
        .write(to: file, atomically: true, encoding: .utf8)
      daemon.process.send(SIGHUP)
      try within(seconds: 5) { try daemon.latency() == before + 1024 }
    }
  }
}
