internal import Realtime
internal import Spectral

/// The spectra of the last frames, waiting for their masks.
struct SpectrumLine: ~Copyable, Sendable {
  private var spectra: SampleBuffer
  private let frames: Int
  private let channels: Int
  private let stride: Int

  /// Room for `frames` frames of `channels` spectra of `bins` complex bins.
  init(frames: Int, channels: Int, bins: Int) {
    self.frames = frames
    self.channels = channels
    stride = Transform.stride(bins: bins)
    spectra = SampleBuffer(count: frames * channels * stride)
  }

  /// The spectrum of one channel of frame `number`.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func spectrum(frame number: Int, channel: Int) -> UnsafeMutablePointer<Float> {
    unsafe spectra.base + ((number % frames) &* channels &+ channel) &* stride
  }
}
