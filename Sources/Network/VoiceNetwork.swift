internal import CRealtime

/// One running instance of a ``Model``: frames in, the voice's masks or spectra out, for one or more streams, each with
/// its own state in time.
///
/// Call ``observe(magnitudes:stream:)`` or ``observe(spectrum:stream:)`` for every frame of every stream in order, and
/// ``estimate(into:)`` after those for which a result is wanted.
@safe
public struct VoiceNetwork: ~Copyable, @unchecked Sendable {
  /// Width of a frame and of a mask (513 for a window of 1024).
  public let bins: Int
  /// Frames by which an estimate lags behind the newest frame observed.
  public let lookAhead: Int
  /// How many floats ``estimate(into:)`` gives for a stream.
  public let width: Int
  private let frame: Int
  private let output: OutputStage
  private var graph: NetworkGraph
  private let streams: UnsafeMutablePointer<VoiceStream>

  /// Prepares to run `model` for `streams` streams.
  ///
  /// - Real-time: Not real-time: allocates; nothing later does.
  public init(model: Model, streams count: Int = 1) {
    let description = model.description
    bins = description.grid.bins
    lookAhead = description.lookAhead
    frame = description.input.feature == .spectrum ? 2 * description.input.channels * bins : bins
    output = OutputStage(description)
    width = output.isSpectrum ? frame : bins
    graph = NetworkGraph(model: model, streams: count)
    unsafe streams = .allocate(capacity: count)
    for stream in 0..<count {
      unsafe (streams + stream).initialize(to: VoiceStream(description, frame: frame))
    }
  }

  deinit {
    unsafe streams.deinitialize(count: graph.streams)
    unsafe streams.deallocate()
  }

  /// Takes the next frame of a model that hears magnitudes: its level, its place in the context.
  ///
  /// Cheap, and to be called for every frame, also for one whose estimate is skipped.
  ///
  /// - Parameter magnitudes: ``bins`` finite magnitudes, divided by the sum of the analysis window.
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func observe(magnitudes: UnsafePointer<Float>, stream: Int = 0) {
    let power = unsafe (streams + stream).pointee.level.power(magnitudes: magnitudes)
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
  ///   (voice), or of the voice's probability; or, of a model that gives spectra, as many as a frame has, in its order
  ///   and units. Always finite.
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func estimate(into result: UnsafeMutablePointer<Float>) {
    for stream in 0..<graph.streams {
      guard unsafe (streams + stream).pointee.awaited == 0 else {
        unsafe rt_clear(result, graph.streams &* width)
        return
      }
      unsafe rt_copy((streams + stream).pointee.context.window(), graph.input(of: stream), graph.inputCount)
    }
    graph.step()
    for stream in 0..<graph.streams {
      let values = unsafe graph.output(of: stream)
      // Weights can drive a recurrent state past all measure; it must not stay there.
      guard unsafe rt_all_finite(values, graph.outputCount) else {
        graph.reset()
        unsafe rt_clear(result, graph.streams &* width)
        return
      }
      unsafe output.apply(
        values, input: (streams + stream).pointee.context.frame(back: output.delay),
        factor: (streams + stream).pointee.factor, into: result + stream &* width)
    }
  }

  /// Forgets the streams: level, context and the layers' state are as after ``init(model:streams:)``.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func reset() {
    for stream in 0..<graph.streams { unsafe (streams + stream).pointee.reset() }
    graph.reset()
  }
}

extension ModelDescription.Grid {
  /// The sum of the analysis window.
  var windowSum: Double { shape.samples(window: window).reduce(0, +) }
}
