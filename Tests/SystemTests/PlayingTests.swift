import Audio
import Foundation
import Testing

extension SystemTests {
  /// A real recording through a real server.
  @Suite(.serialized) struct PlayingTests {
    @Test(arguments: ["svsgan", "centre", "passthrough"])
    func theStemsAddUpToTheRecordingAtTheToldLatency(preset: String) throws {
      let stage = try Stage(preset: preset)
      let clip = try Clip(seconds: 3)
      let heard = try stage.play(clip.mix)
      let latency = try stage.daemon.latency()
      #expect(heard.residue(latency: latency) < -120)
      #expect(heard.take.toldLatency == [ClosedRange<Int>](repeating: latency...latency, count: 4))
      let delay = try #require(heard.take.delay(of: clip.mix, longest: 8192))
      #expect(delay.frames == latency)
      #expect(delay.likeness > 0.999999)
    }

    @Test func passthroughCallsEverythingTheVoice() throws {
      let stage = try Stage(preset: "passthrough")
      let sound = noise(channels: 2, frames: 144_000)
      let heard = try stage.play(sound)
      let latency = try stage.daemon.latency()
      for channel in 0..<2 {
        #expect(heard.residue(of: heard.voice[channel], from: sound[channel], latency: latency) < -120)
        for stretch in heard.stretches { #expect(peak(heard.accompaniment[channel][stretch]) < -120) }
      }
    }

    /// At the offline pace, where no mask is late: how good the separation is must not depend on the machine.
    @Test(arguments: ["sotto", "sotto-soon", "sotto-quiet", "sotto-light", "sotto-low", "svsgan", "centre"])
    func theSingerComesOutOfTheVoicePorts(preset: String) throws {
      let stage = try Stage(preset: preset)
      let clip = try Clip(seconds: 8)
      let heard = try stage.play(clip.mix, freewheel: true)
      let delay = try stage.daemon.latency() + heard.take.loopFrames
      let count = clip.mix[0].count - delay
      for channel in 0..<2 {
        let mix = clip.mix[channel][..<count]
        let singer = clip.voice[channel][..<count]
        let voice = heard.voice[channel][delay...]
        let band = heard.accompaniment[channel][delay...]
        #expect(level(voice) > -45, "the voice stem is not silent")
        #expect(level(difference(band, mix)[...]) > -45, "the accompaniment is not the mix")
        // Closer to the singer than the mix is: the band has been turned down more than the singer has.
        let untouched = level(difference(mix, singer)[...])
        let separated = level(difference(voice, singer)[...])
        #expect(separated < untouched - 1, "\(separated) dB beside the singer, \(untouched) dB untouched")
      }
    }
  }
}
