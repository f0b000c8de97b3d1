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
    /// A mask was estimated and handed over.
    case estimated
  }

  /// A frame number that means "forget everything that came before".
  static var reset: Int { @_noLocks get { -1 } }

  private var estimator: Estimator
  /// For an estimator that returns spectra.
  private var ratio: ComplexRatio?
  private let maskWidth: Int
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
    estimator: consuming Estimator, ratio: consuming ComplexRatio?, spectra: consuming FrameConsumer,
    masks: consuming FrameProducer, arrival: Wake, frameWidth: Int, maskWidth: Int
  ) {
    rehearsalFrame = SampleBuffer(count: frameWidth)
    rehearsalMask = SampleBuffer(count: maskWidth)
    // A triangle of numbers of every size: enough to send an estimator through all of its arithmetic.
    for index in 0..<frameWidth { rehearsalFrame[index] = Float((index * 37) % 101 - 50) * 0.1 }

    lookAhead = estimator.lookAhead
    self.estimator = estimator
    self.ratio = ratio
    self.maskWidth = maskWidth
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
    unsafe observe(rehearsalFrame.base)
    unsafe estimate(into: rehearsalMask.base)
    estimator.reset()
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
      observed = 0
      return .observed
    }
    unsafe observe(spectra.frame())
    spectra.discard()
    observed &+= 1
    let estimated = number &- lookAhead
    guard observed > lookAhead, estimated >= masks.awaited(), let mask = unsafe masks.reserve() else {
      return .observed
    }
    unsafe estimate(into: mask)
    masks.publish(number: estimated)
    arrival.post()
    return .estimated
  }

  @_noLocks @unsafe
  private mutating func observe(_ spectra: UnsafePointer<Float>) {
    unsafe estimator.observe(spectra)
    unsafe ratio?.observe(spectra)
  }

  /// Writes masks within 0 and 1, or complex ratios within their limit, whatever the estimator returns; what is not a
  /// number counts as 0.
  @_noLocks @unsafe
  private mutating func estimate(into mask: UnsafeMutablePointer<Float>) {
    unsafe estimator.estimate(into: mask)
    if ratio != nil {
      unsafe ratio?.divide(mask)
    } else {
      for i in 0..<maskWidth {
        let value = unsafe mask[i]
        unsafe mask[i] = value > 0 ? (value < 1 ? value : 1) : 0
      }
    }
  }
}
