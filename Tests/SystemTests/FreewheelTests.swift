import Audio
import Foundation
import Testing

extension SystemTests {
  /// An export: the same from run to run, to the bit.
  @Suite(.serialized) struct FreewheelTests {
    @Test func anExportIsTheSameEveryTime() throws {
      let clip = try Clip(seconds: 6).mix
      var exports: [Heard] = []
      do {
        let stage = try Stage(preset: "svsgan", period: 512)
        let before = try stage.daemon.call("status")
        exports.append(try stage.play(clip, freewheel: true))
        // Something else in between, live, that must leave no trace.
        _ = try stage.play(noise(channels: 2, frames: 24_000))
        exports.append(try stage.play(clip, freewheel: true))
        let after = try stage.daemon.call("status")
        #expect(after["drive"] as? String == "threaded")
        #expect(try #require(after["frames"] as? Int) > before["frames"] as? Int ?? 0)
      }
      let restarted = try Stage(preset: "svsgan", period: 512)
      exports.append(try restarted.play(clip, freewheel: true))

      for export in exports {
        #expect(export.take.disturbances == [])
        #expect(level(export.voice[0][...]) > -45)
        #expect(export.take.recorded == exports[0].take.recorded)
      }
    }

    @Test func noFrameOfAnExportIsLate() throws {
      let stage = try Stage(preset: "svsgan", period: 256)
      let clip = try Clip(seconds: 6).mix
      // The live cycles before and after an export may be late on a busy machine; the export itself may not.
      let rehearsal = try stage.rehearsal(of: clip, freewheel: true)
      try rehearsal.start()
      var seen: [(drive: String, late: Int)] = []
      let end = Date().addingTimeInterval(60)
      while rehearsal.position < clip[0].count, Date() < end {
        let status = try stage.daemon.call("status")
        guard let drive = status["drive"] as? String, let late = status["lateFrames"] as? Int else { continue }
        seen.append((drive, late))
      }
      let take = try rehearsal.finish()
      let offline = seen.filter { $0.drive == "synchronous" }.map(\.late)
      #expect(!offline.isEmpty)
      #expect(Set(offline).count <= 1, "\(offline)")
      #expect(Heard(played: clip, take: take).residue(latency: try stage.daemon.latency()) < -120)
    }

    @Test func theServersPeriodChangesNothingButTheDelay() throws {
      let clip = try Clip(seconds: 3).mix
      var voices: [ArraySlice<Float>] = []
      for period in [256, 1024] {
        let stage = try Stage(preset: "centre", rate: 48_000, period: period)
        let heard = try stage.play(clip, freewheel: true)
        let delay = try stage.daemon.latency() + heard.take.loopFrames
        voices.append(heard.voice[0].dropFirst(delay).prefix(120_000))
      }
      #expect(peak(difference(voices[0], voices[1])[...]) < -120)
    }
  }
}
