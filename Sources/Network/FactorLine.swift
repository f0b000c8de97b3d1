internal import Realtime

/// What the last few frames were multiplied by, so that a result that comes later can be brought back to their units.
@safe
struct FactorLine: ~Copyable {
  private let frames: Int
  private let values: SampleBuffer
  private var newest = 0

  /// Room for `frames` frames.
  init(frames: Int) {
    self.frames = frames
    values = SampleBuffer(count: frames)
  }

  /// Takes the next frame's factor.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func push(_ factor: Float) {
    newest = newest &+ 1 == frames ? 0 : newest &+ 1
    unsafe values.base[newest] = factor
  }

  /// The factor of the oldest frame; 0 as long as there is none.
  var oldest: Float { @_noLocks get { unsafe values.base[newest &+ 1 == frames ? 0 : newest &+ 1] } }

  /// Forgets all of them.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func reset() {
    for index in 0..<frames { unsafe values.base[index] = 0 }
  }
}
