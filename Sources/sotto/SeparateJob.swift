internal import Preset
internal import Separation
internal import Sound

/// One recording on its way into two stems.
struct SeparateJob: Sendable {
  let preset: Preset
  let files: StemFiles
  let format: SoundFormat

  /// What was made of a recording; one line of `--json`.
  struct Result: Encodable, Sendable {
    var input: String
    var voice: String
    var accompaniment: String
    var preset: String
    var sampleRate: Int
    var channels: Int
    var frames: Int
    /// The length of the recording.
    var seconds: Double
    /// How long it took.
    var elapsed: Double
    /// The processor time that it took.
    var processorSeconds: Double
    /// `seconds / elapsed`.
    var timesRealTime: Double
    /// Samples that were no sound and were taken as zero.
    var nonFinite: Int
  }

  /// The frames that are read, separated and written at a time.
  private static let block = 16_384

  /// Separates the recording; the stems appear under their names when both are whole.
  ///
  /// - Throws: ``Failure``, after which the folder is as it was.
  func run(progress: inout ProgressPart) throws(Failure) -> Result {
    do { return try separate(progress: &progress) } catch { throw Failure(error) }
  }

  private func separate(progress: inout ProgressPart) throws -> Result {
    let (began, busy) = (ContinuousClock.now, BenchPace.threadSeconds)
    var reader = try SoundReader(path: files.input)
    // The grid of a network has no whole samples any more at the rates of a broken header.
    guard (1_000...1_000_000).contains(reader.sampleRate) else {
      throw Failure(
        status: 65, "cannot separate '\(files.input)': found \(reader.sampleRate) Hz, expected 1000 to 1000000 Hz")
    }
    let (rate, channels) = (reader.sampleRate, reader.channels)
    var voice = try SoundWriter(path: files.voice, sampleRate: rate, channels: channels, format: format)
    var accompaniment = try SoundWriter(path: files.accompaniment, sampleRate: rate, channels: channels, format: format)
    var separation = OfflineSeparation(settings: preset.settings, rate: rate, channels: channels)
    var block = [[Float]](repeating: [Float](repeating: 0, count: Self.block), count: channels)
    while true {
      if Interruption.came { throw Failure.interrupted }
      let count = try reader.read(planar: &block)
      let stems = count > 0 ? separation.separate(block, frames: count) : separation.finish()
      try voice.write(planar: stems.voice, frames: stems.frames)
      try accompaniment.write(planar: stems.accompaniment, frames: stems.frames)
      guard count > 0 else { break }
      progress.show(
        Double(reader.position) / Double(max(reader.frames, 1)), seconds: Double(reader.position) / Double(rate))
    }
    try voice.finish()
    try accompaniment.finish()
    let seconds = Double(reader.position) / Double(rate)
    let elapsed = (ContinuousClock.now - began) / .seconds(1)
    return Result(
      input: files.input, voice: files.voice, accompaniment: files.accompaniment, preset: preset.name,
      sampleRate: rate, channels: channels, frames: reader.position, seconds: seconds, elapsed: elapsed,
      processorSeconds: BenchPace.threadSeconds - busy,
      timesRealTime: seconds / max(elapsed, 1e-9), nonFinite: separation.nonFiniteSamples)
  }
}
