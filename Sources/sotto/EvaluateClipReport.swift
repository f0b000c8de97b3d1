internal import Evaluation
internal import FoundationEssentials
internal import Sound

/// One clip in the report: what every system made of it, to see and to hear.
struct EvaluateClipReport: Sendable {
  let clip: EvaluateClip
  let rank: String
  let systems: [EvaluateSystem]

  /// Up to where spectrograms are drawn, in Hz.
  static let highest = 8000.0
  /// The longest stretch that can be heard, in seconds: the middle of what is longer.
  private static let longest = 20.0

  /// Separates the clip again and describes it.
  ///
  /// - Throws: ``Failure`` where the clip cannot be read any more, or there is no room for temporary files.
  func make(of result: EvaluateResult, progress: inout ProgressPart) throws(Failure) -> String {
    let sound = try EvaluateSound(clip)
    let seconds = Double(sound.frames) / Double(sound.rate)
    let mixture = picture(sound.mixture, sound)
    let loudest = mixture.powers.max() ?? 0
    func shown(_ picture: Spectrogram) -> [Double] { picture.levels(loudest: loudest, range: SpectrogramPicture.range) }
    var parts = [
      "<h3>\(escaped(clip.name)): \(rank)</h3><p class=\"small\">\(decimal(seconds)) s, \(sound.rate) Hz</p>"
    ]
    parts.append("<div class=\"pictures\">")
    parts.append(try figure("mixture", shown(mixture), like: mixture, sound.mixture, sound.rate))
    for (name, signal) in [("true voice", sound.voice), ("true accompaniment", sound.accompaniment)] {
      parts.append(try figure(name, shown(picture(signal, sound)), like: mixture, signal, sound.rate))
    }
    parts.append("</div>")
    for (index, system) in systems.enumerated() {
      guard let score = result.systems[index].scores.first(where: { $0.clip == clip.name }) else { continue }
      let stems = try system.stems(of: sound, named: clip.name) { share in
        let all = (Double(index) + share) / Double(systems.count)
        progress.show(all, seconds: all * seconds * Double(systems.count))
      }
      let (voice, accompaniment) = (picture(stems.voice, sound), picture(stems.accompaniment, sound))
      let words = score.stems.map { name, figures in
        "\(name) "
          + zip(["NSDR", "SIR", "SAR"], [figures.nsdr, figures.sir, figures.sar]).map { name, figure in
            "\(name) \(figure.map { decimal($0, 2) } ?? "–")"
          }.joined(separator: ", ")
      }
      parts.append("<p><b>\(escaped(system.name))</b>: \(words.joined(separator: "; "))</p>")
      parts.append("<div class=\"pictures\">")
      parts.append(try figure("voice", shown(voice), like: voice, stems.voice, sound.rate))
      parts.append(try figure("accompaniment", shown(accompaniment), like: voice, stems.accompaniment, sound.rate))
      parts.append(try figure("mask", voice.share(beside: accompaniment), like: voice, nil, sound.rate))
      parts.append("</div>")
    }
    return parts.joined(separator: "\n")
  }

  private func picture(_ signal: [[Float]], _ sound: EvaluateSound) -> Spectrogram {
    Spectrogram(
      of: signal, rate: sound.rate, highest: Self.highest, columns: SpectrogramPicture.columns,
      rows: SpectrogramPicture.rows)
  }

  private func figure(
    _ name: String, _ values: [Double], like picture: Spectrogram, _ signal: [[Float]]?, _ rate: Int
  ) throws(Failure) -> String {
    let image = SpectrogramPicture.image(values, columns: picture.columns, rows: picture.rows)
    var player = ""
    if let signal {
      player =
        "<audio controls preload=\"none\" src=\"\(Page.data("audio/flac", try Self.flac(signal, rate)))\"></audio>"
    }
    let alternative = "spectrogram: \(name) of \(clip.name)"
    return
      "<figure><img alt=\"\(escaped(alternative))\" src=\"\(image)\"><figcaption>\(name)</figcaption>\(player)</figure>"
  }

  /// The samples, or the middle of them, as a FLAC file of 16 bits; of many channels the first two.
  private static func flac(_ signal: [[Float]], _ rate: Int) throws(Failure) -> [UInt8] {
    let (frames, most) = (signal[0].count, Int(longest * Double(rate)))
    let start = max(frames - most, 0) / 2
    let planes = signal.prefix(2).map { Array($0[start..<min(start + most, frames)]) }
    let folder = FileManager.default.temporaryDirectory.path
    let path = "\(folder)/sotto-\(UUID().uuidString).flac"
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      var writer = try SoundWriter(path: path, sampleRate: rate, channels: planes.count, format: .flac16)
      try writer.write(planar: planes, frames: planes[0].count)
      try writer.finish()
      return Array(try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw Failure(error)
    }
  }
}
