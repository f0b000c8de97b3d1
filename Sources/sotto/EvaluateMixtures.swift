internal import Sound

/// The mixtures of clips, as files that any program can separate.
struct EvaluateMixtures {
  let clips: [EvaluateClip]
  let folder: String

  /// Writes them all; returns the first failure.
  ///
  /// - Throws: ``Failure`` where the folder cannot be made.
  func write(atOnce count: Int, json: Bool) async throws(Failure) -> Failure? {
    try StemFiles.makeFolder(folder)
    let (clips, folder) = (clips, folder)
    let queue = JobQueue(titles: clips.map(\.name)) { index, _ throws(Failure) -> String in
      let sound = try EvaluateSound(clips[index])
      let path = "\(folder)/\(clips[index].name).wav"
      do {
        var writer = try SoundWriter(path: path, sampleRate: sound.rate, channels: sound.mixture.count)
        try writer.write(planar: sound.mixture, frames: sound.frames)
        try writer.finish()
      } catch {
        throw Failure(error)
      }
      return path
    }
    var first: Failure?
    let isWhole = await queue.run(atOnce: count) { _, outcome in
      switch outcome {
      case .success(let path): if json { try? sotto.write(json: ["mixture": path]) } else { sotto.write(path + "\n") }
      case .failure(let failure):
        _ = failure.told(json: json)
        first = first ?? failure
      }
    }
    if !isWhole {
      _ = Failure.interrupted.told(json: json)
      first = first ?? .interrupted
    }
    return first
  }
}
