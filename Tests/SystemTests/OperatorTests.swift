import Audio
import Foundation
import Testing

extension SystemTests {
  /// Gains and bypass, turned while the sound runs, and remembered.
  @Suite(.serialized) struct OperatorTests {
    @Test func aGainTurnsOneStemAndOnlyThat() throws {
      let stage = try Stage(preset: "passthrough")
      let sound = noise(channels: 2, frames: 144_000)
      var turned = 0
      let heard = try stage.play(sound) { rehearsal in
        _ = try stage.daemon.call("gain", ["stem": "voice", "decibels": 0])
        rehearsal.wait(for: 40_000)
        _ = try stage.daemon.call("gain", ["stem": "accompaniment", "decibels": -12])
        _ = try stage.daemon.call("gain", ["stem": "voice", "decibels": -20])
        turned = rehearsal.position + 12_000  // a quarter of a second: its ramp is over
      }
      let latency = try stage.daemon.latency()
      for channel in 0..<2 {
        let quiet = sound[channel].map { $0 * 0.1 }
        let rest = turned..<sound[channel].count
        #expect(heard.residue(of: heard.voice[channel], from: quiet, latency: latency, in: rest) < -120)
        let before = 0..<36_000
        #expect(heard.residue(of: heard.voice[channel], from: sound[channel], latency: latency, in: before) < -120)
      }
      let gains = try stage.daemon.call("status")["gains"] as? [String: Any]
      #expect(gains?["voice"] as? Double == -20)
      #expect(gains?["accompaniment"] as? Double == -12)
    }

    @Test func bypassIsTheInputItself() throws {
      let stage = try Stage(preset: "svsgan")
      let sound = noise(channels: 2, frames: 192_000)
      var on = 0..<0
      let heard = try stage.play(sound) { rehearsal in
        rehearsal.wait(for: 48_000)
        _ = try stage.daemon.call("bypass", ["on": true])
        let start = rehearsal.position + 12_000
        rehearsal.wait(for: 120_000)
        on = start..<rehearsal.position
        _ = try stage.daemon.call("bypass", ["on": false])
      }
      let latency = try stage.daemon.latency()
      #expect(heard.residue(latency: latency) < -120)
      #expect(on.count > 10_000)
      for channel in 0..<2 {
        #expect(
          heard.residue(of: heard.accompaniment[channel], from: sound[channel], latency: latency, in: on) == -.infinity)
        for stretch in heard.stretches { #expect(peak(heard.voice[channel][stretch.clamped(to: on)]) == -.infinity) }
      }
    }

    @Test func presetGainsAndBypassAreThereAgainAfterARestart() throws {
      let home = try Home()
      let server = try JackServer()
      do {
        let daemon = try Daemon(server: server.name, preset: "passthrough", home: home)
        try daemon.wait(for: "running")
        try daemon.use("centre")
        _ = try daemon.call("gain", ["stem": "voice", "decibels": -7.5])
        _ = try daemon.call("gain", ["stem": "accompaniment", "decibels": 3])
        _ = try daemon.call("bypass", ["on": true])
        #expect(daemon.stop().status == 0)
      }
      do {
        let daemon = try Daemon(server: server.name, preset: nil, home: home)
        let status = try daemon.wait(for: "running")
        try expectSettings(status, preset: "centre")
        #expect(daemon.stop().status == 0)
      }
      // What the command line says counts, and only that.
      let daemon = try Daemon(server: server.name, preset: "passthrough", home: home)
      try expectSettings(try daemon.wait(for: "running"), preset: "passthrough")
    }

    @Test func aStateThatCannotBeReadIsNoReasonNotToStart() throws {
      let home = try Home()
      let folder = home.url.appending(path: "sotto")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data("{\"preset\": 7".utf8).write(to: folder.appending(path: "sotto.json"))
      let server = try JackServer()
      let daemon = try Daemon(server: server.name, preset: "centre", home: home)
      let status = try daemon.wait(for: "running")
      #expect(status["preset"] as? String == "centre")
      #expect(status["bypass"] as? Bool == false)
    }

    @Test func twoHandsDoNotUndoEachOther() throws {
      let daemon = try Daemon(server: "sotto-test-nobody")
      try daemon.wait(for: "waiting for JACK")
      // One hand on the knob, as fast as the daemon lets it.
      let slider = try LineConnection(path: daemon.socket)
      let thread = Thread {
        for step in 0..<4000 {
          let request =
            #"{"jsonrpc":"2.0","id":1,"method":"gain","params":{"stem":"voice","decibels":\#(-Double(step % 20))}}"#
          guard (try? slider.send(Data(request.utf8))) != nil, (try? slider.receive()) != nil else { return }
        }
      }
      thread.start()
      for step in 0..<300 {
        _ = try daemon.call("bypass", ["on": step % 2 == 0])
        #expect(try daemon.call("status")["bypass"] as? Bool == (step % 2 == 0))
      }
    }

    private func expectSettings(_ status: [String: Any], preset: String) throws {
      #expect(status["preset"] as? String == preset)
      let gains = try #require(status["gains"] as? [String: Any])
      #expect(try #require(gains["voice"] as? Double) == -7.5)
      #expect(try #require(gains["accompaniment"] as? Double) == 3)
      #expect(status["bypass"] as? Bool == true)
    }
  }
}
