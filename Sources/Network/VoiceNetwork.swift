internal import CRealtime
internal import Realtime

/// One running instance of a ``Model``: frames in, the voice's masks or spectra out, for one or more streams, each with
/// its own state in time.
///
/// Call ``observe(magnitudes:stream:)`` or ``observe(spectrum:stream:)`` for every frame of every stream in order, and
/// ``estimate(into:)`` after those for which a result is wanted. Where time does not press and the model allows, several
/// frames go through the layers together: ``collect(_:)`` after each of them, then ``run()``, then ``result(_:into:)``.
@safe
public struct VoiceNetwork: ~Copyable, @unchecked Sendable {
  /// Width of a row of a frame, and of a mask (513 for a window of 1024).
  public let bins: Int
  /// Frames by which an estimate lags behind the newest frame observed.
  public let lookAhead: Int
  /// How many floats ``estimate(into:)`` gives for a stream.
  public let width: Int
  private let frame: Int
  private let output: OutputStage
  private var graph: NetworkGraph
  private let count: Int
  private let streams: UnsafeMutablePointer<VoiceStream>
  /// What each collected frame was, where the result depends on it, and what it was multiplied by; below 0 where nothing is to be estimated yet.
  private let frames: SampleBuffer
  private let factors: SampleBuffer

  /// Prepares to run `model` for `streams` streams, `batch` frames of each together.
  ///
  /// - Parameter batch: 1, or more of a model that ``Model/isMemoryless``.
  /// - Real-time: Not real-time: allocates; nothing later does.
  public init(model: Model, streams count: Int = 1, batch: Int = 1) {
    precondition(batch == 1 || model.isMemoryless, "\(batch) frames together through layers that remember")
    let description = model.description
    bins = description.grid.bins
    lookAhead = description.lookAhead
    frame = description.input.rows * bins
    output = OutputStage(description)
    width = output.width
    graph = NetworkGraph(model: model, streams: count * batch)
    self.count = count
    frames = SampleBuffer(count: count * batch * frame)
    factors = SampleBuffer(count: count * batch)
    unsafe streams = .allocate(capacity: count)
    for stream in 0..<count {
      unsafe (streams + stream).initialize(to: VoiceStream(description, frame: frame))
    }
  }

  deinit {
    unsafe streams.deinitialize(count: count)
    unsafe streams.deallocate()
  }

  /// Takes the next frame of a model that hears magnitudes: its level, its place in the context.
  ///
  /// Cheap, and to be called for every frame, also for one whose estimate is skipped.
  ///
  /// - Parameter magnitudes: ``bins`` finite magnitudes, divided by the sum of the analysis window; of a model that hears
  ///   mid and side, those of mid and then those of side.
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func observe(magnitudes: UnsafePointer<Float>, stream: Int = 0) {
    let power = unsafe (streams + stream).pointee.level.power(magnitudes: magnitudes, rows: frame / bins)
    unsafe (streams + stream).pointee.take(magnitudes, power: power)
  }

  /// Takes the next frame of a model that hears spectra.
  ///
  /// - Parameter spectrum: The real parts of ``bins`` bins, then the imaginary ones, of each channel in turn, divided by
  ///   the sum of the analysis window.
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func observe(spectrum: UnsafePointer<Float>, stream: Int = 0) {
    let power = unsafe (streams + stream).pointee.level.power(spectrum: spectrum, rows: frame / bins)
    unsafe (streams + stream).pointee.take(spectrum, power: power)
  }

  /// Runs the layers; the result is for the frame observed ``lookAhead`` frames before the newest.
  ///
  /// While the first frame's context is not complete there is nothing to estimate: all goes to the accompaniment, and
  /// the layers, whose state begins with the first frame, do not run.
  ///
  /// - Parameter result: Room for ``width`` floats a stream: ``bins`` of a mask, each from 0 (accompaniment) to 1
  ///   (voice), or the probability of the voice; of a model that hears mid and side, those of mid's mask and then those
  ///   of side's; or, of a model that gives spectra, as many as a frame has, in its order and units. Always finite.
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func estimate(into result: UnsafeMutablePointer<Float>) {
    advance()
    unsafe self.result(0, into: result)
  }

  /// Does what ``estimate(into:)`` does, but for the result.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func advance() {
    collect(0)
    if unsafe factors.base[0] >= 0 { run() }
  }

  /// Takes what the layers are to see of the newest frame of every stream as number `slot` of a batch.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func collect(_ slot: Int) {
    for stream in 0..<count {
      let place = slot &* count &+ stream
      unsafe factors.base[place] = (streams + stream).pointee.awaited == 0 ? (streams + stream).pointee.factor : -1
      unsafe rt_copy((streams + stream).pointee.context.window(), graph.input(of: place), graph.inputCount)
      guard output.readsInput else { continue }
      unsafe rt_copy(
        (streams + stream).pointee.context.frame(back: output.delay), frames.base + place &* frame, frame)
    }
  }

  /// Runs the layers on what was collected.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func run() { graph.step() }

  /// Writes the result for number `slot` of the batch, as ``estimate(into:)`` does.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func result(_ slot: Int, into result: UnsafeMutablePointer<Float>) {
    for stream in 0..<count {
      let place = slot &* count &+ stream
      let values = unsafe graph.output(of: place)
      let factor = unsafe factors.base[place]
      // Weights can drive a recurrent state past all measure; it must not stay there.
      let isFinite = unsafe factor >= 0 && rt_all_finite(values, graph.outputCount)
      guard isFinite else {
        if factor >= 0 { graph.reset() }
        unsafe rt_clear(result, count &* width)
        return
      }
      unsafe output.apply(
        values, input: frames.base + place &* frame, factor: factor, into: result + stream &* width)
    }
  }

  /// Forgets the streams: level, context and the layers' state are as after ``init(model:streams:)``.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func reset() {
    for stream in 0..<count { unsafe (streams + stream).pointee.reset() }
    graph.reset()
  }
}
