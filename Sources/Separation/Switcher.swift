internal import CRealtime
public import Realtime
internal import Spectral

/// Runs the separator in charge and, while the operator changes presets, the next one beside it until it has taken over.
///
/// A new separator first hears the stream for as long as it takes to fill its own timelines; then the two are
/// crossfaded, voice with voice and delayed input with delayed input, so there is no gap and no step, and with equal
/// latencies the stems add up to the input throughout.
@safe
public struct Switcher: ~Copyable, @unchecked Sendable {
  /// How long the crossfade lasts, in seconds.
  public static var fadeSeconds: Double { 0.03 }
  /// How long a new separator listens, over and above the time to fill its timelines, in seconds.
  public static var settleSeconds: Double { 0.15 }

  private let channels: Int
  private let largestCount: Int
  private let fadeSamples: Int
  private let settleSamples: Int
  private let mailbox: UnsafePointer<Mailbox<Separator>>
  private var current: UnsafeMutablePointer<Separator>
  private var next: UnsafeMutablePointer<Separator>?
  private var warmed = 0
  private var faded = 0
  private var mix: StemMix
  private let planes: SampleBuffer
  private let pointers: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  private var past: Totals

  /// Counters over all separators that have been in charge.
  public struct Totals: Sendable, Equatable {
    /// Frames put out.
    public var frames = 0
    /// Frames put out with a mask that was not their own.
    public var lateFrames = 0
    /// Samples taken as zero since they were no sound.
    public var nonFiniteSamples = 0

    /// Begins counting at these figures.
    public init(frames: Int = 0, lateFrames: Int = 0, nonFiniteSamples: Int = 0) {
      self.frames = frames
      self.lateFrames = lateFrames
      self.nonFiniteSamples = nonFiniteSamples
    }
  }

  /// Begins with `first` in charge; later ones are taken from `mailbox`, which must outlive the switcher.
  ///
  /// - Parameters:
  ///   - first: The separator that begins.
  ///   - mailbox: Where later ones arrive.
  ///   - rate: The rate of the stream in Hz.
  ///   - totals: What was counted before.
  ///   - largestCount: The most samples that pass through the scratch planes at once.
  /// - Real-time: Not real-time: allocates.
  @unsafe
  public init(
    first: consuming Separator, mailbox: UnsafePointer<Mailbox<Separator>>, rate: Int, totals: Totals = Totals(),
    largestCount: Int = 8192
  ) {
    channels = first.channels
    past = totals
    self.largestCount = largestCount
    fadeSamples = max(1, Int(Self.fadeSeconds * Double(rate)))
    settleSamples = Int(Self.settleSeconds * Double(rate))
    unsafe self.mailbox = mailbox
    unsafe current = Mailbox.box(first)
    unsafe next = nil
    mix = StemMix(rate: rate)
    planes = SampleBuffer(count: 4 * channels * largestCount)
    unsafe pointers = .allocate(capacity: 4 * channels)
    for plane in 0..<4 * channels { unsafe (pointers + plane).initialize(to: planes.base + plane * largestCount) }
  }

  deinit {
    unsafe Mailbox.free(current)
    unsafe Mailbox.free(next)
    unsafe pointers.deallocate()
  }

  /// The latency of the separator in charge, in samples.
  public var latency: Int { @_noLocks get { unsafe current.pointee.latency.samples } }

  /// Whether the separator in charge is holding an old mask.
  public var isLate: Bool { @_noLocks get { unsafe current.pointee.isLate } }

  /// Whether another separator is on its way to take over.
  public var isSwitching: Bool { @_noLocks get { unsafe next != nil } }

  /// Counters up to now.
  public var totals: Totals {
    @_noLocks get {
      unsafe Totals(
        frames: past.frames &+ current.pointee.frames, lateFrames: past.lateFrames &+ current.pointee.lateFrames,
        nonFiniteSamples: past.nonFiniteSamples &+ current.pointee.nonFiniteSamples)
    }
  }

  /// Takes the next samples of every channel and gives the stems from ``latency`` samples ago.
  ///
  /// - Parameters:
  ///   - input: One pointer a channel.
  ///   - voice: One pointer a channel, for the voice stem.
  ///   - accompaniment: One pointer a channel, for the accompaniment stem.
  ///   - count: Any number of samples.
  ///   - targets: The operator's gains and bypass.
  ///   - pace: Whether to wait for masks.
  /// - Real-time: Wait-free at the live pace; blocks at the offline pace.
  /// - Thread: Audio thread only.
  @_noLocks @unsafe
  public mutating func process(
    input: UnsafePointer<UnsafePointer<Float>>, voice: UnsafePointer<UnsafeMutablePointer<Float>>,
    accompaniment: UnsafePointer<UnsafeMutablePointer<Float>>, count: Int, targets: StemTargets,
    pace: Separator.Pace
  ) {
    if unsafe next == nil, let taken = unsafe mailbox.pointee.take() {
      unsafe next = taken
      warmed = 0
      faded = 0
    }
    var offset = 0
    while offset < count {
      let chunk = min(count &- offset, chunkLimit())
      unsafe run(input: input, offset: offset, count: chunk, pace: pace)
      for channel in 0..<channels {
        unsafe mix.mix(
          voice: pointers[channel], dry: pointers[channels &+ channel], voiceOut: voice[channel] + offset,
          accompanimentOut: accompaniment[channel] + offset, count: chunk, targets: targets,
          last: channel == channels &- 1)
      }
      offset &+= chunk
    }
  }

  /// Forgets the past, for the change between live and freewheel.
  ///
  /// - Real-time: Waits for the mask threads to take notice.
  /// - Thread: Audio thread only.
  @_noLocks
  public mutating func reset() {
    unsafe current.pointee.reset()
    if let next = unsafe next { unsafe next.pointee.reset() }
  }

  @_noLocks
  private func chunkLimit() -> Int {
    var limit = unsafe min(largestCount, current.pointee.largestCount)
    if let next = unsafe next { unsafe limit = min(limit, next.pointee.largestCount) }
    return limit
  }

  /// Fills the first two sets of planes with voice and delayed input, crossfaded where a change is under way.
  @_noLocks @unsafe
  private mutating func run(
    input: UnsafePointer<UnsafePointer<Float>>, offset: Int, count: Int, pace: Separator.Pace
  ) {
    unsafe current.pointee.process(
      input: input, voice: pointers, dry: pointers + channels, offset: offset, count: count, pace: pace)
    guard let next = unsafe next else { return }
    unsafe next.pointee.process(
      input: input, voice: pointers + 2 &* channels, dry: pointers + 3 &* channels, offset: offset, count: count,
      pace: pace)
    let listening = unsafe next.pointee.latency.samples &+ next.pointee.grid.window &+ settleSamples
    if warmed < listening {
      warmed &+= count
      return
    }
    for plane in 0..<2 &* channels {
      let (old, new) = unsafe (pointers[plane], pointers[2 &* channels &+ plane])
      for i in 0..<count {
        let share = min(1, Float(faded &+ i) / Float(fadeSamples))
        unsafe old[i] += (new[i] - old[i]) * share
      }
    }
    faded &+= count
    if faded >= fadeSamples { unsafe takeOver(next) }
  }

  @_noLocks @unsafe
  private mutating func takeOver(_ next: UnsafeMutablePointer<Separator>) {
    // What the next one counted while it only listened was heard by nobody.
    let heard = totals
    unsafe past.frames = heard.frames &- next.pointee.frames
    unsafe past.lateFrames = heard.lateFrames &- next.pointee.lateFrames
    unsafe past.nonFiniteSamples = heard.nonFiniteSamples &- next.pointee.nonFiniteSamples
    unsafe mailbox.pointee.retire(current)
    unsafe current = next
    unsafe self.next = nil
  }
}
