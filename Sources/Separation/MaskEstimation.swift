internal import CRealtime
internal import Realtime
internal import Spectral

/// The half of a separator that thinks: it reads spectra, runs the estimator and writes masks or
/// complex ratios.
///
/// In the threaded drive it lives on the mask thread, otherwise beside the audio half on the audio thread; the code is
/// the same.
public struct MaskEstimation: ~Copyable, Sendable {
  /// What a step found to do.
  public enum Outcome: Sendable {
    /// No frame was waiting.
    case idle
    /// A frame was taken in, but its mask was not wanted: too early in the stream, or past its deadline.
    case observed
    /// A mask was handed over that comes of the last estimates, since this frame is between two.
    case held
    /// A step was taken.
    case estimated
  }

  /// A frame number that means "forget everything that came before".
  static var reset: Int { @_noLocks get { -1 } }

  private var estimator: Estimator
  /// For an estimator that returns spectra.
  private var ratio: ComplexRatio?
  /// Room for the spectra that masks are made of; empty where none are.
  private let voice: SampleBuffer
  private var shaper: MaskShaper
  /// For an estimator that does not step at every frame.
  private var pair: EstimatePair?
  /// How many frames the mask that is handed over lies before the newest that could be.
  private let delay: Int
  private let maskWidth: Int
  private let lookAhead: Int
  /// How many frames are estimated together.
  private let batch: Int
  private var spectra: FrameConsumer
  private var masks: FrameProducer
  private let arrival: WakeHandle
  /// Only kept alive: touching it would count references.
  private let arrivalOwner: Wake
  /// Frames observed without a gap between them.
  private var observed = 0
  private var last = 0
  private var rehearsalFrame: SampleBuffer
  private(set) var rehearsalMask: SampleBuffer

  init(
    estimator: consuming Estimator, ratio: consuming ComplexRatio?, phase: VoicePhase, shaper: consuming MaskShaper,
    cadence: Cadence,
    spectra: consuming FrameConsumer, masks: consuming FrameProducer, arrival: Wake, lookAhead: Int, frameWidth: Int,
    maskWidth: Int
  ) {
    rehearsalFrame = SampleBuffer(count: frameWidth)
    rehearsalMask = SampleBuffer(count: maskWidth)
    // A triangle of numbers of every size: enough to send an estimator through all of its arithmetic.
    for index in 0..<frameWidth { rehearsalFrame[index] = Float((index * 37) % 101 - 50) * 0.1 }

    self.lookAhead = lookAhead
    let isRatio = ratio != nil
    voice = SampleBuffer(count: isRatio && phase == .mixture ? 2 * maskWidth : 0)
    batch = !isRatio && cadence.every == 1 ? estimator.batch : 1
    self.estimator = estimator
    self.ratio = ratio
    self.shaper = shaper
    pair = cadence.every > 1 ? EstimatePair(cadence: cadence, width: maskWidth) : nil
    delay = cadence.lookAhead
    self.maskWidth = maskWidth
    self.spectra = spectra
    self.masks = masks
    self.arrival = arrival.handle()
    arrivalOwner = arrival
  }

  /// Takes one full step on a made-up frame, before the stream begins.
  ///
  /// It brings code and weights into memory, and measures what a step costs. The first ones, up to the look-ahead, have
  /// nothing to estimate yet.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: Before the mask thread starts.
  @_noLocks
  public mutating func rehearse() {
    unsafe observe(rehearsalFrame.base)
    unsafe estimate(into: rehearsalMask.base)
  }

  /// Forgets what was rehearsed.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: Before the mask thread starts.
  @_noLocks
  public mutating func forget() {
    estimator.reset()
    shaper.reset()
  }

  /// Takes the oldest waiting frame and estimates its mask, unless that would come too late.
  ///
  /// A frame past its deadline is still observed, so that levels and context stay right, but costs next to nothing: the
  /// backlog of a long stall is gone within a millisecond. Only networks that look ahead by themselves take it whole.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: Mask thread only (the audio thread in the inline drive).
  @_noLocks
  public mutating func step() -> Outcome {
    guard let number = spectra.nextNumber() else { return .idle }
    if number == Self.reset {
      spectra.discard()
      estimator.reset()
      shaper.reset()
      pair?.reset()
      observed = 0
      return .observed
    }
    if batch > 1 { return stepTogether() }
    unsafe observe(spectra.frame())
    spectra.discard()
    count(number)
    let newest = number &- lookAhead
    guard observed > lookAhead, newest >= masks.awaited() else {
      estimator.advance()
      return .observed
    }
    guard let isDue = pair?.isDue(newest) else {
      guard let mask = unsafe masks.reserve() else {
        estimator.advance()
        return .observed
      }
      unsafe estimate(into: mask)
      hand(over: newest)
      return .estimated
    }
    if isDue, let place = unsafe pair?.place(for: newest) {
      unsafe estimate(into: place)
    } else {
      estimator.advance()
    }
    let wanted = newest &- delay
    guard observed > lookAhead &+ delay, wanted >= masks.awaited(), let mask = unsafe masks.reserve() else {
      return isDue ? .estimated : .observed
    }
    unsafe pair?.write(wanted, into: mask)
    hand(over: wanted)
    return isDue ? .estimated : .held
  }

  /// Takes a batch of waiting frames through the estimator together.
  @_noLocks
  private mutating func stepTogether() -> Outcome {
    var (taken, slots) = (0, 0)
    var wanted: UInt64 = 0
    while slots < batch, taken < wanted.bitWidth, let number = spectra.number(after: taken), number != Self.reset {
      unsafe estimator.observe(spectra.frame(after: taken))
      count(number)
      if observed > lookAhead, number &- lookAhead >= masks.awaited() {
        estimator.collect(slots)
        wanted |= 1 << UInt64(taken)
        slots &+= 1
      }
      taken &+= 1
    }
    if slots > 0 { estimator.run() }
    var slot = 0
    for place in 0..<taken {
      let number = spectra.nextNumber() ?? 0
      unsafe shaper.observe(spectra.frame())
      spectra.discard()
      guard wanted &>> UInt64(place) & 1 == 1 else { continue }
      if let mask = unsafe masks.reserve() {
        unsafe estimator.result(slot, into: mask)
        unsafe bound(mask)
        hand(over: number &- lookAhead)
      }
      slot &+= 1
    }
    return slots > 0 ? .estimated : .observed
  }

  /// What a full ring swallowed leaves a gap, across which a view into the future would be of the wrong frames.
  @_noLocks
  private mutating func count(_ number: Int) {
    observed = number == last &+ 1 ? observed &+ 1 : 1
    last = number
  }

  @_noLocks
  private mutating func hand(over number: Int) {
    masks.publish(number: number)
    arrival.post()
  }

  @_noLocks @unsafe
  private mutating func observe(_ spectra: UnsafePointer<Float>) {
    unsafe estimator.observe(spectra)
    unsafe ratio?.observe(spectra)
    if handsMasks { unsafe shaper.observe(spectra) }
  }

  /// Whether masks are handed over, and no complex ratios.
  private var handsMasks: Bool { @_noLocks get { ratio == nil || voice.count > 0 } }

  /// Writes masks within 0 and 1, or complex ratios within their limit, whatever the estimator returns; what is not a
  /// number counts as 0.
  @_noLocks @unsafe
  private mutating func estimate(into mask: UnsafeMutablePointer<Float>) {
    if voice.count > 0 {
      unsafe estimator.estimate(into: voice.base)
      unsafe ratio?.share(of: voice.base, into: mask)
    } else {
      unsafe estimator.estimate(into: mask)
      unsafe ratio?.divide(mask)
    }
    if handsMasks { unsafe bound(mask) }
  }

  @_noLocks @unsafe
  private mutating func bound(_ mask: UnsafeMutablePointer<Float>) {
    for i in 0..<maskWidth {
      let value = unsafe mask[i]
      unsafe mask[i] = value > 0 ? (value < 1 ? value : 1) : 0
    }
    unsafe shaper.apply(mask)
  }
}
