import Audio
import Foundation
import Testing

extension SystemTests {
  /// A period that changes while the sound runs.
  @Suite(.serialized) struct PeriodTests {
    @Test(arguments: ["centre", "svsgan"]) func theSoundGoesOnAndIsExactAgainAtTheNewLatency(preset: String) throws {
      let stage = try Stage(preset: preset, period: 512)
      // Long enough for all that follows; the take is ended by its length.
      let sound = noise(channels: 2, frames: 14 * 48_000)
      let periods = [512, 1024, 256, 2048, 512]
      var settled: [(range: Range<Int>, latency: Int, period: Int)] = []
      let rehearsal = try stage.rehearsal(of: sound)
      try rehearsal.start()
      for period in periods {
        if period != periods[0] || !settled.isEmpty { try stage.server.change(period: period) }
        try stage.daemon.wait("period \(period)") {
          $0["period"] as? Int == period && $0["switching"] is NSNull && $0["state"] as? String == "running"
        }
        let start = rehearsal.position + Heard.margin
        rehearsal.wait(for: start + 48_000)
        settled.append((start..<rehearsal.position, try stage.daemon.latency(), period))
      }
      let take = try rehearsal.finish()
      let heard = Heard(played: sound, take: take)
      for (range, latency, period) in settled {
        let stretches = heard.stretches.map { $0.clamped(to: range) }.filter { !$0.isEmpty }
        #expect(!stretches.isEmpty, "period \(period): nothing heard that the machine did not disturb")
        #expect(heard.residue(latency: latency, in: range, loop: period) < -120, "period \(period)")
      }
      // Not a tenth of a second was lost on the way.
      for channel in 0..<2 { #expect(longestSilence(heard.sum(channel)[12_000...]) < 4800) }
      #expect(settled.map(\.latency) == settled.map { told in settled.first { $0.period == told.period }!.latency })
    }

    @Test func itIsToldToJackAgain() throws {
      let stage = try Stage(preset: "passthrough", period: 1024)
      for period in [512, 2048, 1024] {
        try stage.server.change(period: period)
        try stage.daemon.wait("period \(period)") { $0["period"] as? Int == period && $0["switching"] is NSNull }
        let sound = noise(channels: 2, frames: 96_000)
        let heard = try stage.play(sound)
        let latency = try stage.daemon.latency()
        #expect(heard.take.toldLatency == [ClosedRange<Int>](repeating: latency...latency, count: 4))
        #expect(heard.residue(latency: latency) < -120)
      }
    }

    /// The wish and the period come together: neither may undo the other.
    @Test func aPresetThatWasAskedForMeanwhileStays() throws {
      let stage = try Stage(preset: "passthrough", period: 512)
      for (preset, period) in [("centre", 1024), ("passthrough", 512), ("centre", 2048), ("passthrough", 1024)] {
        _ = try stage.daemon.call("use", ["name": preset])
        // By now it has been built and is being faded in.
        usleep(120_000)
        try stage.server.change(period: period)
        let status = try stage.daemon.wait("period \(period)") {
          $0["period"] as? Int == period && $0["switching"] is NSNull
        }
        #expect(status["preset"] as? String == preset)
        usleep(300_000)
        #expect(try stage.daemon.call("status")["preset"] as? String == preset)
      }
    }
  }
}
