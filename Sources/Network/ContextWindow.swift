internal import CRealtime
internal import Realtime

/// The last few frames side by side, oldest first, as the first layer wants them.
///
/// Each frame is written twice, half a buffer apart, so the run of the last `frames` of them is always one piece of
/// memory and nothing is ever moved. The first frame stands in for the past that it does not have.
@safe
struct ContextWindow: ~Copyable {
  private let bins: Int
  private let frames: Int
  private let buffer: SampleBuffer
  private var newest = 0
  private var isEmpty = true

  /// Room for `frames` frames of `bins` floats.
  ///
  /// - Real-time: Not real-time: allocates.
  init(bins: Int, frames: Int) {
    self.bins = bins
    self.frames = frames
    buffer = SampleBuffer(count: 2 * bins * frames)
  }

  /// Takes the next frame: `bins` magnitudes times `factor`.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func push(_ magnitudes: UnsafePointer<Float>, factor: Float) {
    newest = newest + 1 == frames ? 0 : newest + 1
    let place = unsafe buffer.base + newest * bins
    unsafe rt_scale(magnitudes, factor, place, bins)
    unsafe rt_copy(place, place + frames * bins, bins)
    if isEmpty {
      isEmpty = false
      for frame in 0..<2 * frames { unsafe rt_copy(place, buffer.base + frame * bins, bins) }
    }
  }

  /// The frame that came `back` frames before the newest; the first one where there is none.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  func frame(back: Int) -> UnsafePointer<Float> { unsafe window() + max(frames &- 1 &- back, 0) &* bins }

  /// `frames * bins` floats, the oldest frame first; valid until the next push.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  func window() -> UnsafePointer<Float> { unsafe UnsafePointer(buffer.base + (newest + 1) * bins) }

  /// Forgets the past.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func reset() {
    unsafe rt_clear(buffer.base, buffer.count)
    newest = 0
    isEmpty = true
  }
}
