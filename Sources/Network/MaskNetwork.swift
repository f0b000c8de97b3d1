internal import CRealtime
internal import Realtime

/// One running instance of a ``Model``: frames of magnitudes in, masks of the voice out, with its own state in time.
///
/// Call ``observe(_:)`` for every frame in order, and ``estimate(into:)`` after those for which a mask is wanted.
@safe
public struct MaskNetwork: ~Copyable, @unchecked Sendable {
  /// Width of a frame and of a mask (513 for a window of 1024).
  public let bins: Int
  /// Frames by which an estimate lags behind the newest frame observed.
  public let lookAhead: Int
  /// Keeps the weights alive; never touched while running, for that would count references.
  private let model: Model
  private let scale: Double
  private let mask: SoftMask
  private var level: Level
  private var context: ContextWindow
  /// Reached by `(layers + index).pointee`: with `layers[index]` the compiler stops under ThreadSanitizer (6.3.1).
  private let layers: UnsafeMutablePointer<Layer>
  private let layerCount: Int

  /// Prepares to run `model`.
  ///
  /// - Real-time: Not real-time: allocates; nothing later does.
  public init(model: Model) {
    let description = model.description
    self.model = model
    bins = description.grid.bins
    lookAhead = description.lookAhead
    scale = description.input.scale
    mask = SoftMask(bins: description.grid.bins, exponent: Float(description.output.exponent))
    level = Level(description.input.level, grid: description.grid)
    context = ContextWindow(bins: description.grid.bins, frames: description.input.context.frames)
    layerCount = description.layers.count
    unsafe layers = .allocate(capacity: description.layers.count)
    for (index, (layer, place)) in zip(description.layers, model.places).enumerated() {
      let base = unsafe UnsafePointer(model.weights.base)
      let dense = unsafe Dense(layer, weight: base + place.weight, bias: base + place.bias)
      unsafe (layers + index).initialize(to: .dense(dense))
    }
  }

  deinit {
    unsafe layers.deinitialize(count: layerCount)
    unsafe layers.deallocate()
  }

  /// Takes the next frame: its level, its features, their place in the context.
  ///
  /// Cheap, and to be called for every frame, also for one whose estimate is skipped.
  ///
  /// - Parameter magnitudes: ``bins`` finite magnitudes, divided by the sum of the analysis window.
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func observe(_ magnitudes: UnsafePointer<Float>) {
    let level = unsafe level.step(magnitudes)
    unsafe context.push(magnitudes, factor: Float(scale / level))
  }

  /// Runs the layers; the mask is for the frame observed ``lookAhead`` frames before the newest.
  ///
  /// - Parameter mask: Room for ``bins`` floats; each becomes 0 (accompaniment) to 1 (voice), always finite.
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func estimate(into mask: UnsafeMutablePointer<Float>) {
    var values = unsafe context.window()
    for index in 0..<layerCount { unsafe values = (layers + index).pointee.step(values) }
    unsafe self.mask.apply(values, into: mask)
  }

  /// Forgets the stream: level, context and the layers' state are as after ``init(model:)``.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func reset() {
    level.reset()
    context.reset()
    for index in 0..<layerCount { unsafe (layers + index).pointee.reset() }
  }
}
