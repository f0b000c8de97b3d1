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
    var stems = try StemWriter(files, sampleRate: rate, channels: channels, format: format)
    let nonFinite =
      preset.hearsAsLive
      ? try play(&reader, into: &stems, progress: &progress) : try hear(&reader, into: &stems, progress: &progress)
    try stems.finish()
    let seconds = Double(reader.position) / Double(rate)
    let elapsed = (ContinuousClock.now - began) / .seconds(1)
    return Result(
      input: files.input, voice: files.voice, accompaniment: files.accompaniment, preset: preset.name,
      sampleRate: rate, channels: channels, frames: reader.position, seconds: seconds, elapsed: elapsed,
      processorSeconds: BenchPace.threadSeconds - busy,
      timesRealTime: seconds / max(elapsed, 1e-9), nonFinite: nonFinite)
  }

  /// Separates what is read while it is read; returns the samples that were no sound.
  private func play(
    _ reader: inout SoundReader, into stems: inout StemWriter, progress: inout ProgressPart
  ) throws -> Int {
    let (rate, channels) = (reader.sampleRate, reader.channels)
    var separation = OfflineSeparation(settings: preset.settings, rate: rate, channels: channels)
    var block = [[Float]](repeating: [Float](repeating: 0, count: Self.block), count: channels)
    while true {
      if Interruption.came { throw Failure.interrupted }
      let count = try reader.read(planar: &block)
      try stems.write(count > 0 ? separation.separate(block, frames: count) : separation.finish())
      guard count > 0 else { return separation.nonFiniteSamples }
      progress.show(
        Double(reader.position) / Double(max(reader.frames, 1)), seconds: Double(reader.position) / Double(rate))
    }
  }

  /// Reads everything first, then hears it in every way; returns the samples that were no sound.
  private func hear(
    _ reader: inout SoundReader, into stems: inout StemWriter, progress: inout ProgressPart
  ) throws -> Int {
    var passes = try SeparatePasses(
      preset.passes, rate: reader.sampleRate, channels: reader.channels, folder: files.folder)
    var block = [[Float]](repeating: [Float](repeating: 0, count: Self.block), count: reader.channels)
    while case let count = try reader.read(planar: &block), count > 0 {
      if Interruption.came { throw Failure.interrupted }
      try passes.append(block, frames: count)
    }
    let seconds = Double(reader.position) / Double(reader.sampleRate)
    try passes.run { progress.show($0, seconds: $0 * seconds) }
    try passes.stems { try stems.write($0) }
    return passes.nonFiniteSamples
  }
}
