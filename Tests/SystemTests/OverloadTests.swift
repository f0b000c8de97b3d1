import Audio
import ChildProcess
import Foundation
import Testing

extension SystemTests {
  /// A mask thread that does not get the processor, and one that has nothing to do.
  @Suite(.serialized) struct OverloadTests {
    private func count(_ key: String, of status: [String: Any]) throws -> Int { try #require(status[key] as? Int) }

    private func steps(of daemon: Daemon) throws -> Int {
      try #require((daemon.call("status")["step"] as? [String: Any])?["count"] as? Int)
    }

    /// Expects that 1.5 s pass without a step, after no more than the few that are still due for the sound within the
    /// window when the last input goes.
    private func expectRest(of daemon: Daemon) throws {
      let begin = try steps(of: daemon)
      usleep(500_000)
      let settled = try steps(of: daemon)
      // A window is four hops long; a daemon that went on would take 31.
      #expect(settled - begin < 10)
      usleep(1_500_000)
      #expect(try steps(of: daemon) == settled)
    }

    @Test func aStallOfThreeSecondsIsOverWithinOne() throws {
      // Without a fallback: it is to come out of it by itself.
      let stage = try Stage(preset: "centre")
      let sound = noise(channels: 2, frames: 10 * 48_000)
      var counts: [(frames: Int, late: Int)] = []
      func note() throws {
        let status = try stage.daemon.call("status")
        counts.append((try count("frames", of: status), try count("lateFrames", of: status)))
      }
      let heard = try stage.play(sound) { rehearsal in
        counts = []
        rehearsal.wait(for: 2 * 48_000)
        try note()
        do {
          let stall = try StalledThread(name: "sotto-masks", of: stage.daemon.process.identifier)
          rehearsal.wait(for: 5 * 48_000)
          withExtendedLifetime(stall) {}
        }
        try note()
        rehearsal.wait(for: 6 * 48_000)
        try note()
        rehearsal.wait(for: 9 * 48_000)
        try note()
      }
      #expect(heard.residue(latency: try stage.daemon.latency()) < -120)
      // 3 s are 562 frames.
      #expect(counts[1].late - counts[0].late > 400, "\(counts)")
      let (frames, late) = (counts[3].frames - counts[2].frames, counts[3].late - counts[2].late)
      #expect(frames > 400 && late * 10 < frames, "\(counts)")
    }

    @Test func aNetworkGivesWayAndComesBackWhenTheMachineIsQuiet() throws {
      let stage = try Stage(preset: "svsgan")
      let rehearsal = try stage.rehearsal(of: noise(channels: 2, frames: 200 * 48_000))
      try rehearsal.start()
      do {
        let stall = try StalledThread(name: "sotto-masks", of: stage.daemon.process.identifier)
        let status = try stage.daemon.wait("a fallback") { $0["wanted"] as? String == "svsgan" }
        #expect(status["preset"] as? String == "svsgan" || status["preset"] as? String == "centre")
        withExtendedLifetime(stall) {}
      }
      try stage.daemon.wait("the fallback") { $0["preset"] as? String == "centre" && $0["switching"] is NSNull }
      #expect(try stage.daemon.call("status")["wanted"] as? String == "svsgan")
      let status = try stage.daemon.wait("the return", seconds: 180) {
        $0["preset"] as? String == "svsgan" && $0["switching"] is NSNull
      }
      #expect(status["wanted"] is NSNull)
      #expect(stage.daemon.said.contains("falling back to centre"))
      #expect(stage.daemon.said.contains("returning from centre to svsgan"))
    }

    @Test func withoutAnInputNothingIsEstimated() throws {
      let stage = try Stage(preset: "svsgan")
      try stage.daemon.wait("rest") { $0["idle"] as? Bool == true }
      try expectRest(of: stage.daemon)
      let before = try steps(of: stage.daemon)

      let clip = try Clip(seconds: 3)
      do {
        let heard = try stage.play(clip.mix)
        let latency = try stage.daemon.latency()
        #expect(heard.residue(latency: latency) < -120)
        // 3 s are 187 frames of 16 ms.
        #expect(try steps(of: stage.daemon) > before + 150)
        for stretch in heard.stretches.filter({ $0.count > 24_000 }) {
          #expect(level(heard.voice[0][stretch.suffix(24_000)]) > -60, "a voice, at once")
        }
      }
      try stage.daemon.wait("rest again") { $0["idle"] as? Bool == true }
      try expectRest(of: stage.daemon)
    }
  }
}
