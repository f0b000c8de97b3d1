import Audio
import Foundation
import Testing

extension SystemTests {
  /// What is no music: silence, and numbers that are none.
  @Suite(.serialized) struct InputTests {
    @Test(arguments: ["svsgan", "centre", "passthrough"]) func silenceStaysSilence(preset: String) throws {
      let stage = try Stage(preset: preset)
      let heard = try stage.play([[Float]](repeating: [Float](repeating: 0, count: 48_000), count: 2))
      for channel in heard.take.recorded { #expect(channel.allSatisfy { $0 == 0 }) }
    }

    @Test(arguments: ["svsgan", "centre"]) func soundEndsInSilence(preset: String) throws {
      let stage = try Stage(preset: preset)
      let sound = try Clip(seconds: 2).mix.map { $0 + [Float](repeating: 0, count: 96_000) }
      let heard = try stage.play(sound, freewheel: true)
      // A frame's sound may be anywhere in its window, at most 3072 samples.
      let end = try 96_000 + stage.daemon.latency() + heard.take.loopFrames + 3072
      for channel in heard.take.recorded { #expect(channel[end...].allSatisfy { $0 == 0 }) }
    }

    @Test(arguments: ["svsgan", "centre", "passthrough"])
    func whatIsNoNumberIsTakenAsZeroAndCounted(preset: String) throws {
      let stage = try Stage(preset: preset)
      let clean = noise(channels: 2, frames: 96_000)
      var sound = clean
      for (index, poison) in [Float.nan, .infinity, -.infinity, .signalingNaN, 1e38].enumerated() {
        sound[0][20_000 + 7_777 * index] = poison
        sound[1][20_001 + 7_777 * index] = poison
      }
      for index in 60_000..<61_000 { sound[0][index] = .nan }
      let heard = try stage.play(sound, freewheel: true)
      for channel in heard.take.recorded { #expect(channel.allSatisfy { $0.isFinite }) }
      #expect(try stage.daemon.call("status")["nonFinite"] as? Int == 1010)

      let expected = zip(sound, clean).map { zip($0, $1).map { $0.isFinite && abs($0) < 1e12 ? $1 : 0 } }
      let latency = try stage.daemon.latency()
      for channel in 0..<2 {
        #expect(heard.residue(of: heard.sum(channel), from: expected[channel], latency: latency) < -120)
      }
      // And nothing of it is left in any state.
      let again = try stage.play(clean, freewheel: true)
      #expect(again.residue(latency: latency) < -120)
    }

    @Test func loudIsNotTooLoud() throws {
      let stage = try Stage(preset: "svsgan")
      let sound = noise(channels: 2, frames: 96_000).map { $0.map { $0 * 1000 } }
      let heard = try stage.play(sound, freewheel: true)
      // 54 dB over full scale: the same -120 dB below it.
      #expect(heard.residue(latency: try stage.daemon.latency()) < -120 + 60)
    }
  }
}
