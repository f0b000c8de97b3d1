internal import CRealtime
internal import Realtime

/// One running instance of a ``Model``: frames in, the voice's masks or spectra out, with its own state in time.
///
/// Call ``observe(magnitudes:)`` or ``observe(spectrum:)`` for every frame in order, and ``estimate(into:)`` after those
/// for which a result is wanted.
@safe
public struct VoiceNetwork: ~Copyable, @unchecked Sendable {
  /// Width of a frame and of a mask (513 for a window of 1024).
  public let bins: Int
  /// Frames by which an estimate lags behind the newest frame observed.
  public let lookAhead: Int
  private let scale: Double
  private let frame: Int
  private let output: OutputStage
  private var level: Level
  private var context: ContextWindow
  private var factors: FactorLine
  private var graph: NetworkGraph
  private let future: Int
  /// Frames to come until the first one can be estimated.
  private var awaited: Int

  /// Prepares to run `model`.
  ///
  /// - Real-time: Not real-time: allocates; nothing later does.
  public init(model: Model) {
    let description = model.description
    bins = description.grid.bins
    lookAhead = description.lookAhead
    let units = description.input.feature == .magnitude ? 1 : description.grid.windowSum
    scale = description.input.scale * units
    frame = description.input.feature == .spectrum ? 2 * description.input.channels * bins : bins
    output = OutputStage(description)
    level = Level(description.input.level, grid: description.grid)
    context = ContextWindow(bins: frame, frames: description.input.context.frames)
    factors = FactorLine(frames: description.lookAhead + 1)
    graph = NetworkGraph(model: model)
    future = description.input.context.future
    awaited = future + 1
  }

  /// Takes the next frame of a model that hears magnitudes: its level, its place in the context.
  ///
  /// Cheap, and to be called for every frame, also for one whose estimate is skipped.
  ///
  /// - Parameter magnitudes: ``bins`` finite magnitudes, divided by the sum of the analysis window.
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func observe(magnitudes: UnsafePointer<Float>) {
    unsafe take(magnitudes, power: level.power(magnitudes: magnitudes))
  }

  /// Takes the next frame of a model that hears spectra.
  ///
  /// - Parameter spectrum: The real parts of ``bins`` bins, then the imaginary ones, of each channel in turn, divided by
  ///   the sum of the analysis window.
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func observe(spectrum: UnsafePointer<Float>) {
    unsafe take(spectrum, power: level.power(spectrum: spectrum, rows: frame / bins))
  }

  @_noLocks @unsafe
  private mutating func take(_ values: UnsafePointer<Float>, power: Double) {
    let factor = Float(scale / level.step(power))
    factors.push(factor)
    unsafe context.push(values, factor: factor)
    if awaited > 0 { awaited -= 1 }
  }

  /// Runs the layers; the result is for the frame observed ``lookAhead`` frames before the newest.
  ///
  /// While the first frame's context is not complete there is nothing to estimate: all goes to the accompaniment, and
  /// the layers, whose state begins with the first frame, do not run.
  ///
  /// - Parameter result: Room for ``bins`` floats of a mask, each from 0 (accompaniment) to 1 (voice), or the probability of the voice; or, of a model
  ///   that gives spectra, for as many as a frame has, in its order and units. Always finite.
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func estimate(into result: UnsafeMutablePointer<Float>) {
    guard awaited == 0 else {
      unsafe rt_clear(result, output.isSpectrum ? frame : bins)
      return
    }
    unsafe rt_copy(context.window(), graph.input, graph.inputCount)
    let values = unsafe graph.step()
    // Weights can drive a recurrent state past all measure; it must not stay there.
    guard unsafe rt_all_finite(values, graph.outputCount) else {
      graph.reset()
      unsafe rt_clear(result, output.isSpectrum ? frame : bins)
      return
    }
    unsafe output.apply(
      values, input: context.frame(back: output.delay), factor: factors.oldest, into: result)
  }

  /// Forgets the stream: level, context and the layers' state are as after ``init(model:)``.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func reset() {
    level.reset()
    context.reset()
    factors.reset()
    graph.reset()
    awaited = future + 1
  }
}

extension ModelDescription.Grid {
  /// The sum of the analysis window.
  var windowSum: Double { shape.samples(window: window).reduce(0, +) }
}
