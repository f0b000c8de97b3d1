internal import Separation
internal import Sound

/// A recording that is heard in several ways, each as long as it is, whose voice is the mean of what they find.
///
/// The recording and the sum of the voices wait on disk, so that memory does not grow with its length.
struct SeparatePasses: ~Copyable {
  /// Samples that were no sound and were taken as zero.
  private(set) var nonFiniteSamples = 0
  private let passes: [OfflinePass]
  private let rate: Int
  private var recording: SampleSpool
  private var voices: SampleSpool
  /// The frames that are read, separated and written at a time.
  private static let block = 16_384

  /// Nothing of a recording yet.
  ///
  /// - Parameter folder: A folder on the disk where it is to wait.
  init(_ passes: [OfflinePass], rate: Int, channels: Int, folder: String) throws(SoundError) {
    let recording = try SampleSpool(folder: folder, channels: channels)
    let voices = try SampleSpool(folder: folder, channels: channels)
    self.passes = passes
    self.rate = rate
    self.recording = recording
    self.voices = voices
  }

  /// Takes the next `frames` of the recording, one array a channel.
  mutating func append(_ planes: [[Float]], frames: Int) throws(SoundError) {
    let sound = planes.map { $0.prefix(frames).map { OfflineSeparation.isSound($0) ? $0 : nil } }
    nonFiniteSamples += sound.reduce(0) { $0 + $1.count(where: { $0 == nil }) }
    let start = recording.frames
    try recording.write(sound.map { $0.map { $0 ?? 0 } }, frames: frames, at: start)
  }

  /// Hears the recording in every way.
  ///
  /// - Parameter progress: Told the share that is done.
  mutating func run(progress: (Double) -> Void) throws {
    let count = Double(passes.count)
    for (number, pass) in passes.enumerated() {
      try run(pass, isFirst: number == 0) { progress((Double(number) + $0) / count) }
    }
  }

  /// Gives both stems, a stretch after the other.
  func stems(_ take: (OfflineSeparation.Stems) throws -> Void) throws {
    for start in stride(from: 0, to: recording.frames, by: Self.block) {
      let count = min(Self.block, recording.frames - start)
      let whole = try recording.read(frames: count, at: start)
      let voice = try voices.read(frames: count, at: start)
      let accompaniment = zip(whole, voice).map { zip($0, $1).map { $0 - $1 } }
      try take(OfflineSeparation.Stems(voice: voice, accompaniment: accompaniment))
    }
  }

  private mutating func run(_ pass: OfflinePass, isFirst: Bool, progress: (Double) -> Void) throws {
    var separation = OfflineSeparation(
      settings: pass.settings, rate: pass.told(rate: rate), channels: recording.channels)
    let frames = recording.frames
    var (heard, given) = (0, 0)
    while given < frames {
      if Interruption.came { throw Failure.interrupted }
      let count = min(Self.block, frames - heard)
      let place = pass.isBackwards ? frames - heard - count : heard
      let stretch = try recording.read(frames: count, at: place)
      heard += count
      let stems =
        count > 0
        ? separation.separate(pass.isBackwards ? stretch.map { $0.reversed() } : stretch, frames: count)
        : separation.finish()
      let share = Float(pass.share)
      let voice = stems.voice.map { $0.map { share * $0 } }
      try add(voice, frames: stems.frames, given: given, isBackwards: pass.isBackwards, isFirst: isFirst)
      given += stems.frames
      progress(Double(heard) / Double(frames))
    }
  }

  /// Adds a stretch of a voice, of which `given` frames were added before.
  private mutating func add(
    _ voice: [[Float]], frames: Int, given: Int, isBackwards: Bool, isFirst: Bool
  ) throws(SoundError) {
    let place = isBackwards ? recording.frames - given - frames : given
    var sum = isBackwards ? voice.map { $0.reversed() } : voice
    if !isFirst {
      let before = try voices.read(frames: frames, at: place)
      for channel in sum.indices {
        for frame in 0..<frames { sum[channel][frame] += before[channel][frame] }
      }
    }
    try voices.write(sum, frames: frames, at: place)
  }
}
