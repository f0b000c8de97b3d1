import Audio
import Foundation
import Testing

extension SystemTests {
  /// A period that changes while the sound runs.
  @Suite(.serialized) struct PeriodTests {
    @Test func theSoundGoesOnAndIsExactAgainAtTheNewLatency() throws {
      let stage = try Stage(preset: "svsgan", period: 512)
      let sound = noise(channels: 2, frames: 16 * 48_000)
      let rehearsal = try stage.rehearsal(of: sound)
      var settled: [(range: Range<Int>, latency: Int, period: Int)] = []
      try rehearsal.start()
      for period in [512, 1024, 256, 2048, 512] {
        if !settled.isEmpty { try stage.server.change(period: period) }
        try stage.daemon.wait("period \(period)") {
          $0["period"] as? Int == period && $0["switching"] is NSNull && $0["state"] as? String == "running"
        }
        settled.append((try undisturbed(rehearsal, stage.daemon), try stage.daemon.latency(), period))
      }
      let heard = Heard(played: sound, take: try rehearsal.finish(), margin: Self.margin)
      for (range, latency, period) in settled {
        #expect(heard.residue(latency: latency, in: range, loop: period) < -120, "period \(period), \(range)")
      }
      // Not a tenth of a second was lost on the way.
      for channel in 0..<2 { #expect(longestSilence(heard.sum(channel)[12_000...]) < 4800) }
      #expect(settled.first?.latency == settled.last?.latency)
    }

    /// Longer than the daemon remembers, and than the server takes to say that it missed a deadline.
    private static let margin = 9600

    /// Waits until so much has been played without a missed deadline that some of it can be judged.
    private func undisturbed(_ rehearsal: Rehearsal, _ daemon: Daemon) throws -> Range<Int> {
      while true {
        let start = rehearsal.position + Self.margin
        let before = try daemon.call("status")["xruns"] as? Int
        rehearsal.wait(for: start + 2 * Self.margin)
        let end = rehearsal.position
        guard end >= start + 2 * Self.margin else { throw Daemon.Failure(description: "too busy a machine to tell") }
        if try daemon.call("status")["xruns"] as? Int == before { return start..<end }
      }
    }

    @Test func itIsToldToJackAgain() throws {
      let stage = try Stage(preset: "passthrough", period: 1024)
      for period in [512, 2048] {
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
