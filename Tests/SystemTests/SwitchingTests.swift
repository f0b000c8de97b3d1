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
      var changes = 0
      while changes < 100 {
        // About half a second each; a long recording only costs time.
        let frames = min(24 * 48_000, 2 * 48_000 + (100 - changes) * 24_000)
        let left = tone(frames: frames)
        let sound = [left, left.map { $0 * 0.7 }]
        let heard = try stage.play(sound) { rehearsal in
          while rehearsal.position < frames - 48_000, changes < 100 {
            try stage.daemon.use(presets[changes % 3])
            changes += 1
          }
        }
        #expect(heard.residue(latency: 6144) < -120)
        expectUnbroken(heard, sound)
      }
      #expect(try stage.daemon.latency() == 6144)
    }

    /// One that waits for half a second of frames has to have them before it takes over.
    @Test func aPresetThatIsHeardLaterTakesOverWithoutAGap() throws {
      let stage = try Stage(preset: "centre")
      let early = try stage.daemon.latency()
      let left = tone(frames: 8 * 48_000)
      let sound = [left, left.map { $0 * 0.7 }]
      var late = early
      let heard = try stage.play(sound) { _ in
        try stage.daemon.use("sotto-block")
        late = try stage.daemon.latency()
        try stage.daemon.use("centre")
      }
      #expect(late > early + 24_000)
      #expect(try stage.daemon.latency() == early)
      expectUnbroken(heard, sound, more: 0.01)
    }

    /// Both channels of `sound` are heard without a gap, and without a step that is larger than theirs by more than a share
    /// of `more`: what a network finds in a tone is not always less than the tone.
    private func expectUnbroken(_ heard: Heard, _ sound: [[Float]], more: Float = 0) {
      for channel in 0..<2 {
        let own = largestStep(sound[channel][...]) * (1 + more) + 1e-6
        for stretch in heard.stretches {
          #expect(largestStep(heard.voice[channel][stretch]) <= own)
          #expect(largestStep(heard.accompaniment[channel][stretch]) <= own)
          let sounding = stretch.clamped(to: 24_000..<stretch.upperBound)
          #expect(longestSilence(heard.sum(channel)[sounding]) < 8)
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
