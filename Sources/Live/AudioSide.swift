internal import CRealtime
internal import Realtime
internal import Separation
internal import Synchronization

/// Everything that runs in the sound server's process callback.
///
/// Real-time throughout: no allocation, lock, or reference count; the compiler proves it.
@safe
public struct AudioSide: ~Copyable, @unchecked Sendable {
  private var switcher: Switcher
  private let figures: UnsafeMutablePointer<Board.Figures>
  private let channels: Int
  private let blockSamples: Int
  private let blocks: UnsafeMutablePointer<LevelBlock>
  private var blockFilled = 0
  private var isOffline = false
  private let farewellStep: Float
  private var farewell: Float = 1

  init(switcher: consuming Switcher, board: Board, channels: Int, rate: Int) {
    self.channels = channels
    unsafe figures = board.figures
    blockSamples = rate / 20
    farewellStep = 1 / (0.02 * Float(rate))
    unsafe figures.pointee.latency.store(switcher.latency, ordering: .relaxed)
    unsafe blocks = .allocate(capacity: 3 * channels)
    unsafe blocks.initialize(repeating: LevelBlock(), count: 3 * channels)
    self.switcher = switcher
  }

  deinit { unsafe blocks.deallocate() }

  /// The latency in force, in samples.
  public var latency: Int { @_noLocks get { switcher.latency } }

  /// Takes one period of every channel and fills the stems.
  ///
  /// - Parameters:
  ///   - input: One pointer a channel.
  ///   - voice: One pointer a channel, for the voice stem.
  ///   - accompaniment: One pointer a channel, for the accompaniment stem.
  ///   - count: The period, whatever was announced.
  ///   - offline: Whether the server freewheels, so that every mask is to be waited for.
  /// - Real-time: Wait-free, except in freewheel, where it waits for the mask thread.
  /// - Thread: The sound server's process thread only.
  @_noLocks @unsafe
  public mutating func process(
    input: UnsafePointer<UnsafePointer<Float>>, voice: UnsafePointer<UnsafeMutablePointer<Float>>,
    accompaniment: UnsafePointer<UnsafeMutablePointer<Float>>, count: Int, offline: Bool
  ) {
    let begin = rt_now()
    if offline != isOffline {
      isOffline = offline
      switcher.reset()
    }
    let targets = unsafe StemTargets(
      voice: figures.pointee.voiceGain.load(ordering: .relaxed),
      accompaniment: figures.pointee.accompanimentGain.load(ordering: .relaxed),
      bypass: figures.pointee.bypass.load(ordering: .relaxed))
    let hasInput = unsafe figures.pointee.hasInput.load(ordering: .relaxed)
    unsafe switcher.process(
      input: input, voice: voice, accompaniment: accompaniment, count: count, targets: targets,
      pace: offline ? .offline : hasInput ? .live : .idle)
    if unsafe figures.pointee.isLeaving.load(ordering: .relaxed) {
      unsafe sayFarewell(voice: voice, accompaniment: accompaniment, count: count)
    }
    for channel in 0..<channels {
      unsafe (blocks + channel).pointee.add(input[channel], count: count)
      unsafe (blocks + (channels &+ channel)).pointee.add(voice[channel], count: count)
      unsafe (blocks + (2 &* channels &+ channel)).pointee.add(accompaniment[channel], count: count)
    }
    blockFilled &+= count
    if blockFilled >= blockSamples { showLevels() }
    publish(nanoseconds: rt_now() &- begin)
  }

  /// Fades both stems to silence within 20 ms.
  ///
  /// The fade is over one silent period later: whoever leaves at the last faded one takes that away unheard.
  @_noLocks @unsafe
  private mutating func sayFarewell(
    voice: UnsafePointer<UnsafeMutablePointer<Float>>, accompaniment: UnsafePointer<UnsafeMutablePointer<Float>>,
    count: Int
  ) {
    if farewell == 0 { unsafe figures.pointee.hasLeft.store(true, ordering: .relaxed) }
    for i in 0..<count {
      farewell = max(0, farewell - farewellStep)
      for channel in 0..<channels {
        unsafe voice[channel][i] *= farewell
        unsafe accompaniment[channel][i] *= farewell
      }
    }
  }

  @_noLocks
  private mutating func showLevels() {
    blockFilled = 0
    for index in 0..<3 &* channels {
      unsafe figures.pointee.meters[index].show((blocks + index).pointee)
      unsafe blocks[index] = LevelBlock()
    }
  }

  @_noLocks
  private func publish(nanoseconds: UInt64) {
    let totals = switcher.totals
    unsafe figures.pointee.latency.store(switcher.latency, ordering: .relaxed)
    unsafe figures.pointee.frames.store(totals.frames, ordering: .relaxed)
    unsafe figures.pointee.lateFrames.store(totals.lateFrames, ordering: .relaxed)
    unsafe figures.pointee.nonFiniteSamples.store(totals.nonFiniteSamples, ordering: .relaxed)
    unsafe figures.pointee.isLate.store(switcher.isLate, ordering: .relaxed)
    unsafe figures.pointee.isOffline.store(isOffline, ordering: .relaxed)
    unsafe figures.pointee.audioNanoseconds.wrappingAdd(Int(truncatingIfNeeded: nanoseconds), ordering: .relaxed)
    unsafe figures.pointee.callbacks.wrappingAdd(1, ordering: .relaxed)
  }
}
