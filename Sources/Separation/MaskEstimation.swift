internal import CRealtime
internal import Realtime
internal import Spectral

/// The half of a separator that thinks: it reads spectra, runs the estimator and writes masks.
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
    /// A mask was estimated and handed over.
    case estimated
  }

  /// A frame number that means "forget everything that came before".
  static var reset: Int { @_noLocks get { -1 } }

  private var estimator: Estimator
  private var shaper: MaskShaper
  private let lookAhead: Int
  private var spectra: FrameConsumer
  private var masks: FrameProducer
  private let arrival: WakeHandle
  /// Only kept alive: touching it would count references.
  private let arrivalOwner: Wake
  private var observed = 0
  private var rehearsalFrame: SampleBuffer
  private var rehearsalMask: SampleBuffer

  init(
    estimator: consuming Estimator, shaper: consuming MaskShaper, spectra: consuming FrameConsumer,
    masks: consuming FrameProducer, arrival: Wake, lookAhead: Int, frameWidth: Int, maskWidth: Int
  ) {
    rehearsalFrame = SampleBuffer(count: frameWidth)
    rehearsalMask = SampleBuffer(count: maskWidth)
    // A triangle of numbers of every size: enough to send an estimator through all of its arithmetic.
    for index in 0..<frameWidth { rehearsalFrame[index] = Float((index * 37) % 101 - 50) * 0.1 }

    self.lookAhead = lookAhead
    self.estimator = estimator
    self.shaper = shaper
    self.spectra = spectra
    self.masks = masks
    self.arrival = arrival.handle()
    arrivalOwner = arrival
  }

  /// Takes one full step on a made-up frame and forgets it: before the stream begins, to bring code and weights into
  /// memory, and to measure what a step costs.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: Before the mask thread starts.
  @_noLocks
  public mutating func rehearse() {
    unsafe estimator.observe(rehearsalFrame.base)
    unsafe shaper.observe(rehearsalFrame.base)
    unsafe estimator.estimate(into: rehearsalMask.base)
    unsafe shaper.apply(rehearsalMask.base)
    estimator.reset()
    shaper.reset()
  }

  /// Takes the oldest waiting frame and estimates its mask, unless that would come too late.
  ///
  /// A frame past its deadline is still observed, so that levels and context stay right, but costs next to nothing: the
  /// backlog of a long stall is gone within a millisecond.
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
      observed = 0
      return .observed
    }
    unsafe estimator.observe(spectra.frame())
    unsafe shaper.observe(spectra.frame())
    spectra.discard()
    observed &+= 1
    let estimated = number &- lookAhead
    guard observed > lookAhead, estimated >= masks.awaited(), let mask = unsafe masks.reserve() else {
      return .observed
    }
    unsafe estimator.estimate(into: mask)
    unsafe shaper.apply(mask)
    masks.publish(number: estimated)
    arrival.post()
    return .estimated
  }
}
