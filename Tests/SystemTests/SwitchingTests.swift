import Audio
import Foundation
import Testing

extension SystemTests {
  /// Presets that change while the sound runs.
  @Suite(.serialized) struct SwitchingTests {
    @Test func aHundredChangesAreNotHeard() throws {
      let stage = try Stage(preset: "centre", arguments: ["--latency", "6144"])
      let presets = ["svsgan", "passthrough", "centre"]
      // Each is measured when it is first used, which takes its time.
      for preset in presets { try stage.daemon.use(preset) }
      let sound = tone(frames: 60 * 48_000)
      let rehearsal = try stage.rehearsal(of: [sound, sound.map { $0 * 0.7 }])
      try rehearsal.start()
      rehearsal.wait(for: 48_000)
      let start = rehearsal.position
      for change in 0..<100 { try stage.daemon.use(presets[change % 3]) }
      let end = rehearsal.position
      try #require(end < sound.count, "the hundred took longer than the sound")
      let heard = Heard(played: [sound, sound.map { $0 * 0.7 }], take: try rehearsal.finish())
      #expect(try stage.daemon.latency() == 6144)

      let stretches = heard.stretches.map { $0.clamped(to: start..<end) }
      #expect(stretches.reduce(0) { $0 + $1.count } * 2 > end - start, "too busy a machine to tell")
      #expect(heard.residue(latency: 6144) < -120)
      for channel in 0..<2 {
        let own = largestStep(heard.played[channel][...])
        for stretch in stretches {
          #expect(largestStep(heard.voice[channel][stretch]) <= own)
          #expect(largestStep(heard.accompaniment[channel][stretch]) <= own)
          #expect(longestSilence(heard.sum(channel)[stretch]) < 8)
        }
      }
    }

    @Test func onlyTheLastOfManyWishesCounts() throws {
      let stage = try Stage(preset: "centre")
      let sound = noise(channels: 2, frames: 144_000)
      let heard = try stage.play(sound) { _ in
        for preset in ["svsgan", "centre", "passthrough", "svsgan", "passthrough", "centre", "passthrough"] {
          _ = try stage.daemon.call("use", ["name": preset])
        }
      }
      let status = try stage.daemon.wait("rest") { $0["switching"] is NSNull }
      #expect(status["preset"] as? String == "passthrough")
      #expect(heard.usable > 0)
    }

    @Test func aPresetThatIsNotThereChangesNothing() throws {
      let stage = try Stage(preset: "centre")
      let heard = try stage.play(noise(channels: 2, frames: 96_000)) { _ in
        let failure = #expect(throws: Daemon.Failure.self) {
          try stage.daemon.call("use", ["name": "center"])
        }
        #expect(
          failure?.description.contains("Did you mean \\\"centre\\\"?") == true
            || failure?.description.contains("Did you mean \"centre\"?") == true)
      }
      #expect(heard.residue(latency: try stage.daemon.latency()) < -120)
      #expect(try stage.daemon.call("status")["preset"] as? String == "centre")
    }
  }
}
