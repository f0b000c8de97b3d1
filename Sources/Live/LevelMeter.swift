internal import CRealtime
internal import Synchronization

/// The level of one signal as the audio thread saw it over its last block, for anyone to read.
struct LevelMeter: ~Copyable, Sendable {
  private let peak = Atomic<Float>(0)
  private let meanSquare = Atomic<Float>(0)

  /// Shows a finished block.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: Audio thread only.
  @_noLocks
  borrowing func show(_ block: LevelBlock) {
    peak.store(block.peak, ordering: .relaxed)
    meanSquare.store(block.count > 0 ? block.squares / Float(block.count) : 0, ordering: .relaxed)
  }

  /// The level of the last block.
  borrowing func level() -> Level {
    Level(peak: peak.load(ordering: .relaxed), rms: meanSquare.load(ordering: .relaxed).squareRoot())
  }
}

/// Linear levels of one signal.
public struct Level: Sendable, Equatable {
  /// The largest magnitude of a sample.
  public var peak: Float
  /// The root of the mean square.
  public var rms: Float
}

/// Sums over the block that a meter is about to show.
struct LevelBlock: Sendable {
  var peak: Float = 0
  var squares: Float = 0
  var count = 0

  @_noLocks init() {}

  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func add(_ samples: UnsafePointer<Float>, count: Int) {
    for i in 0..<count {
      let sample = unsafe samples[i]
      peak = max(peak, sample.magnitude)
      squares += sample * sample
    }
    self.count &+= count
  }
}
