internal import CRealtime
public import Separation
internal import Synchronization

/// Where the control side and the audio side leave figures for each other: single values, read and written at once.
///
/// It outlives every connection to a sound server, so gains, bypass and counters survive a restart of the server.
@safe
public final class Board: @unchecked Sendable {
  let figures: UnsafeMutablePointer<Figures>

  /// The figures themselves, apart from the object so that a real-time thread reaches them by pointer.
  @safe
  struct Figures: ~Copyable, @unchecked Sendable {
    let voiceGain = Atomic<Float>(1)
    let accompanimentGain = Atomic<Float>(1)
    let bypass = Atomic<Bool>(false)
    let hasInput = Atomic<Bool>(true)
    let isLeaving = Atomic<Bool>(false)
    let hasLeft = Atomic<Bool>(false)
    let callbacks = Atomic<Int>(0)
    let latency = Atomic<Int>(0)
    let frames = Atomic<Int>(0)
    let lateFrames = Atomic<Int>(0)
    let nonFiniteSamples = Atomic<Int>(0)
    let isLate = Atomic<Bool>(false)
    let isOffline = Atomic<Bool>(false)
    let audioNanoseconds = Atomic<Int>(0)
    let meters: UnsafeMutablePointer<LevelMeter>
    let channels: Int

    init(channels: Int) {
      self.channels = channels
      unsafe meters = .allocate(capacity: 3 * channels)
      for index in 0..<3 * channels { unsafe (meters + index).initialize(to: LevelMeter()) }
    }

    deinit {
      unsafe meters.deinitialize(count: 3 * channels)
      unsafe meters.deallocate()
    }
  }

  /// Meters for `channels` channels of input, voice and accompaniment; unity gains, no bypass.
  public init(channels: Int) {
    unsafe figures = .allocate(capacity: 1)
    unsafe figures.initialize(to: Figures(channels: channels))
  }

  deinit {
    unsafe figures.deinitialize(count: 1)
    unsafe figures.deallocate()
  }

  /// The operator's gains and bypass.
  public var targets: StemTargets {
    get {
      unsafe StemTargets(
        voice: figures.pointee.voiceGain.load(ordering: .relaxed),
        accompaniment: figures.pointee.accompanimentGain.load(ordering: .relaxed),
        bypass: figures.pointee.bypass.load(ordering: .relaxed))
    }
    set {
      unsafe figures.pointee.voiceGain.store(newValue.voice, ordering: .relaxed)
      unsafe figures.pointee.accompanimentGain.store(newValue.accompaniment, ordering: .relaxed)
      unsafe figures.pointee.bypass.store(newValue.bypass, ordering: .relaxed)
    }
  }

  /// Sets the voice's gain alone, so that hands on several knobs do not undo each other's turns.
  public func setVoiceGain(_ gain: Float) { unsafe figures.pointee.voiceGain.store(gain, ordering: .relaxed) }
  /// Sets the accompaniment's gain alone.
  public func setAccompanimentGain(_ gain: Float) {
    unsafe figures.pointee.accompanimentGain.store(gain, ordering: .relaxed)
  }
  /// Sets bypass alone.
  public func setBypass(_ on: Bool) { unsafe figures.pointee.bypass.store(on, ordering: .relaxed) }

  /// Says whether anything is connected to the inputs; while nothing is, nothing is estimated.
  public func setInput(isConnected: Bool) { unsafe figures.pointee.hasInput.store(isConnected, ordering: .relaxed) }
  /// Whether anything is connected to the inputs.
  public var hasInput: Bool { unsafe figures.pointee.hasInput.load(ordering: .relaxed) }

  /// Asks the audio side to fade both stems to silence and stay there, since the program is about to end.
  public func leave() { unsafe figures.pointee.isLeaving.store(true, ordering: .relaxed) }
  /// Whether that fade is over.
  public var hasLeft: Bool { unsafe figures.pointee.hasLeft.load(ordering: .relaxed) }
  /// The latency in force, in samples.
  public var latency: Int { unsafe figures.pointee.latency.load(ordering: .relaxed) }
  /// How often the audio thread has been called; a server that falls silent stops this count.
  public var callbacks: Int { unsafe figures.pointee.callbacks.load(ordering: .relaxed) }
  /// Frames put out.
  public var frames: Int { unsafe figures.pointee.frames.load(ordering: .relaxed) }
  /// Frames put out with an older mask.
  public var lateFrames: Int { unsafe figures.pointee.lateFrames.load(ordering: .relaxed) }
  /// Samples taken as zero since they were no sound.
  public var nonFiniteSamples: Int { unsafe figures.pointee.nonFiniteSamples.load(ordering: .relaxed) }
  /// Whether the last frame had to do with an older mask.
  public var isLate: Bool { unsafe figures.pointee.isLate.load(ordering: .relaxed) }
  /// Whether the server is freewheeling.
  public var isOffline: Bool { unsafe figures.pointee.isOffline.load(ordering: .relaxed) }
  /// The time that the audio thread has spent in its callback, in seconds.
  public var audioSeconds: Double { unsafe Double(figures.pointee.audioNanoseconds.load(ordering: .relaxed)) * 1e-9 }

  /// The levels of the last 50 ms: input, voice and accompaniment, each with its channels in order.
  public var levels: (input: [Level], voice: [Level], accompaniment: [Level]) {
    let channels = unsafe figures.pointee.channels
    func levels(_ group: Int) -> [Level] {
      (0..<channels).map { unsafe figures.pointee.meters[group * channels + $0].level() }
    }
    return (levels(0), levels(1), levels(2))
  }
}
