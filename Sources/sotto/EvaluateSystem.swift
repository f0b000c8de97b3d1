internal import Evaluation
internal import FoundationEssentials
internal import Preset
internal import Separation

/// Something that separates, or has separated.
enum EvaluateSystem: Sendable {
  /// The engine, as it plays.
  case preset(Preset)
  /// Files that some program has made.
  case estimates(folder: String)
  /// A mask that knows the sources.
  case oracle(OracleMask)

  /// What a table calls it.
  var name: String {
    switch self {
    case .preset(let preset): preset.name
    case .estimates(let folder): folder.split(separator: "/").last.map(String.init) ?? folder
    case .oracle(let mask): "oracle \(mask.rawValue)"
    }
  }

  /// What it is.
  var kind: String {
    switch self {
    case .preset: "preset"
    case .estimates: "estimates"
    case .oracle: "oracle"
    }
  }

  /// Both stems of a clip, channels by samples.
  struct Stems: Sendable {
    var voice: [[Float]]
    var accompaniment: [[Float]]
  }

  /// The samples that the engine is given at a time.
  private static let block = 16_384

  /// What it makes of a clip.
  ///
  /// - Parameter progress: Told the share that is done.
  /// - Throws: ``Failure`` where an estimate is missing or has another shape than the clip.
  func stems(
    of sound: EvaluateSound, named clip: String, progress: (Double) -> Void
  ) throws(Failure) -> Stems {
    switch self {
    case .preset(let preset): return try Self.play(sound, through: preset, progress: progress)
    case .estimates(let folder):
      let files = try EvaluateClip.estimates(of: clip, in: folder)
      return Stems(voice: try sound.estimate(files.voice), accompaniment: try sound.estimate(files.accompaniment))
    case .oracle(let mask):
      let stems = mask.separate(sound.mixture, voice: sound.voice, accompaniment: sound.accompaniment)
      return Stems(voice: stems.voice, accompaniment: stems.accompaniment)
    }
  }

  private static func play(
    _ sound: EvaluateSound, through preset: Preset, progress: (Double) -> Void
  ) throws(Failure) -> Stems {
    let (frames, channels) = (sound.frames, sound.mixture.count)
    let none = [[Float]](repeating: [], count: channels)
    var stems = Stems(voice: none, accompaniment: none)
    func append(_ next: OfflineSeparation.Stems) {
      for channel in 0..<channels {
        stems.voice[channel] += next.voice[channel]
        stems.accompaniment[channel] += next.accompaniment[channel]
      }
    }
    if !preset.hearsAsLive {
      do {
        var passes = try SeparatePasses(
          preset.passes, rate: sound.rate, channels: channels, folder: FileManager.default.temporaryDirectory.path)
        try passes.append(sound.mixture, frames: frames)
        try passes.run(progress: progress)
        try passes.stems(append)
      } catch {
        throw Failure(error)
      }
      return stems
    }
    var separation = OfflineSeparation(settings: preset.settings, rate: sound.rate, channels: channels)
    for start in stride(from: 0, to: frames, by: block) {
      if Interruption.came { throw Failure.interrupted }
      let count = min(block, frames - start)
      append(separation.separate(sound.mixture.map { Array($0[start..<start + count]) }, frames: count))
      progress(Double(start + count) / Double(frames))
    }
    append(separation.finish())
    return stems
  }
}
