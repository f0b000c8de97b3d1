import Foundation
import Sound

/// A part of the demo recording, 48 kHz and stereo.
struct Clip {
  /// The mix of voice and band.
  let mix: [[Float]]
  /// The voice alone, as it went into the mix.
  let voice: [[Float]]

  /// Reads some seconds, of which nearly all have voice.
  init(from start: Double = 4, seconds: Double) throws {
    func read(_ name: String) throws -> [[Float]] {
      var reader = try SoundReader(path: Daemon.presets.appending(path: "demo/\(name).flac").path)
      var skipped = [[Float]](repeating: [Float](repeating: 0, count: Int(start * 48_000)), count: 2)
      _ = try reader.read(planar: &skipped)
      var wanted = [[Float]](repeating: [Float](repeating: 0, count: Int(seconds * 48_000)), count: 2)
      _ = try reader.read(planar: &wanted)
      return wanted
    }
    mix = try read("everything-is-free")
    voice = try read("everything-is-free.voice")
  }
}
