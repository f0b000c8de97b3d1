internal import CRealtime

/// What a network keeps of one stream beside the layers' state: its level, and the frames that the first layer sees.
struct VoiceStream: ~Copyable {
  private let scale: Double
  private let future: Int
  private(set) var level: Level
  private(set) var context: ContextWindow
  private var factors: FactorLine
  /// Frames to come until the first one can be estimated.
  private(set) var awaited: Int

  /// Prepares for frames of `frame` numbers.
  ///
  /// - Real-time: Not real-time: allocates; nothing later does.
  init(_ description: ModelDescription, frame: Int) {
    let units =
      switch description.input.feature {
      case .magnitude, .midSide: 1.0
      case .rawMagnitude, .spectrum: description.grid.windowSum
      }
    scale = description.input.scale * units
    level = Level(description.input.level, grid: description.grid)
    context = ContextWindow(bins: frame, frames: description.input.context.frames)
    factors = FactorLine(frames: description.lookAhead + 1)
    future = description.input.context.future
    awaited = future + 1
  }

  /// What the frame that is estimated was multiplied by.
  var factor: Float { @_noLocks get { factors.oldest } }

  /// Takes the next frame, of this power.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func take(_ values: UnsafePointer<Float>, power: Double) {
    let factor = Float(scale / level.step(power))
    factors.push(factor)
    unsafe context.push(values, factor: factor)
    if awaited > 0 { awaited -= 1 }
  }

  /// Forgets the stream.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func reset() {
    level.reset()
    context.reset()
    factors.reset()
    awaited = future + 1
  }
}
