internal import Separation
internal import Sound

/// Writes both stems of a recording, which appear under their names when both are whole.
struct StemWriter: ~Copyable {
  private var voice: SoundWriter
  private var accompaniment: SoundWriter

  /// Opens files for stems of such a shape.
  init(_ files: StemFiles, sampleRate: Int, channels: Int, format: SoundFormat) throws(SoundError) {
    let voice = try SoundWriter(path: files.voice, sampleRate: sampleRate, channels: channels, format: format)
    let accompaniment = try SoundWriter(
      path: files.accompaniment, sampleRate: sampleRate, channels: channels, format: format)
    self.voice = voice
    self.accompaniment = accompaniment
  }

  /// Appends a stretch of both.
  mutating func write(_ stems: OfflineSeparation.Stems) throws(SoundError) {
    try voice.write(planar: stems.voice, frames: stems.frames)
    try accompaniment.write(planar: stems.accompaniment, frames: stems.frames)
  }

  /// Puts both files in their places.
  mutating func finish() throws(SoundError) {
    try voice.finish()
    try accompaniment.finish()
  }
}
