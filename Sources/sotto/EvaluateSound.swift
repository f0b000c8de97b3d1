internal import Evaluation
internal import Sound

/// The samples of a clip: what is separated, and what should come of it.
///
/// All signals are channels by samples, and of one shape.
struct EvaluateSound: Sendable {
  let rate: Int
  let voice: [[Float]]
  let accompaniment: [[Float]]
  let mixture: [[Float]]

  /// The length in samples.
  var frames: Int { voice[0].count }

  /// Reads a clip.
  ///
  /// - Throws: ``Failure`` naming the file, what was found and what was expected.
  init(_ clip: EvaluateClip) throws(Failure) {
    switch clip.files {
    case .incomplete(let failure): throw failure
    case .channels(let path):
      let file = try Self.read(path)
      guard file.samples.count == 2 else {
        throw Failure(
          status: 65,
          "'\(path)': found \(file.samples.count) \(file.samples.count == 1 ? "channel" : "channels"), "
            + "expected 2 (left accompaniment, right voice)")
      }
      let samples = Self.rounded(file.samples)
      let sources = equalEnergy(voice: samples[1], accompaniment: samples[0])
      rate = file.rate
      (voice, accompaniment) = ([sources.voice], [sources.accompaniment])
      mixture = Self.sum(voice, accompaniment)
    case .stems(let voice, let accompaniment, let mixture):
      let first = try Self.read(voice)
      var sum = try Self.read(accompaniment[0], like: first, named: voice)
      for part in accompaniment.dropFirst() { sum = Self.sum(sum, try Self.read(part, like: first, named: voice)) }
      rate = first.rate
      self.voice = Self.rounded(first.samples)
      self.accompaniment = Self.rounded(sum)
      self.mixture =
        try mixture.map { path throws(Failure) in try Self.read(path, like: first, named: voice) }
        ?? Self.sum(self.voice, self.accompaniment)
    }
    for (signal, what) in [(voice, "voice"), (accompaniment, "accompaniment")] {
      guard signal.contains(where: { $0.contains { $0 != 0 } }) else {
        throw Failure(status: 65, "\(clip.name): the \(what) is silent: no ratio is defined for it")
      }
    }
  }

  /// Reads what some program made of this clip.
  ///
  /// - Throws: ``Failure`` where it has another rate, channels or length.
  func estimate(_ path: String) throws(Failure) -> [[Float]] {
    try Self.read(path, like: (rate, voice), named: "its reference")
  }

  /// A source rounded to steps of 16 bits, as MIR-1K and MUSDB18 hold it.
  ///
  /// What a lossy format decodes to has silence of some 1e-33, which would be a sound to measure against, and nothing at
  /// all in its highest band, where filters of any size would fit: seen to be off by 1 dB between museval and here.
  private static func rounded(_ samples: [[Float]]) -> [[Float]] {
    samples.map { $0.map { ($0 * 32_768).rounded() / 32_768 } }
  }

  private static func sum(_ a: [[Float]], _ b: [[Float]]) -> [[Float]] {
    zip(a, b).map { zip($0, $1).map { $0 + $1 } }
  }

  private typealias File = (rate: Int, samples: [[Float]])

  private static func read(_ path: String) throws(Failure) -> File {
    do {
      var reader = try SoundReader(path: path)
      guard (1_000...1_000_000).contains(reader.sampleRate) else {
        throw Failure(status: 65, "'\(path)': found \(reader.sampleRate) Hz, expected 1000 to 1000000 Hz")
      }
      let samples = try reader.readAll()
      guard samples.contains(where: { !$0.isEmpty }) else {
        throw Failure(status: 65, "'\(path)': found no sample, expected sound")
      }
      for channel in samples {
        if let frame = channel.firstIndex(where: { !$0.isFinite }) {
          throw Failure(status: 65, "'\(path)': found \(channel[frame]) at frame \(frame), expected finite samples")
        }
      }
      return (reader.sampleRate, samples)
    } catch {
      throw Failure(error)
    }
  }

  private static func read(_ path: String, like other: File, named name: String) throws(Failure) -> [[Float]] {
    let file = try read(path)
    func shape(_ file: File) -> String {
      "\(file.rate) Hz, \(file.samples.count) \(file.samples.count == 1 ? "channel" : "channels"), "
        + "\(file.samples[0].count) samples"
    }
    guard shape(file) == shape(other) else {
      throw Failure(status: 65, "'\(path)': found \(shape(file)), expected \(shape(other)) as \(name) has")
    }
    return file.samples
  }
}
