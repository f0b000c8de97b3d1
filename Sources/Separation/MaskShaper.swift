internal import CRealtime
internal import Realtime
internal import Spectral
internal import Synchronization

/// Shapes the masks that an estimator has made, as ``MaskShape`` says, before they are handed over.
@safe
struct MaskShaper: ~Copyable, @unchecked Sendable {
  private let shape: MaskShape
  /// Read by pointer; the object is only kept alive.
  private let threshold: UnsafePointer<Atomic<Float>>?
  private let dial: MaskDial?
  private let planes: Int
  private let bins: Int
  private let channels: Int
  private let right: Int
  /// The first bin of the band, and the first above it.
  private let first: Int
  private let last: Int
  private let fall: Float
  private let frames: Int
  /// The likelihood of the middle in the frames that wait for their masks, bins × frames.
  private let likelihoods: SampleBuffer
  private var memory: PositionMemory?
  private var previous: SampleBuffer
  private var observed = 0

  /// Prepares for masks of frames `hop` seconds apart that come `lookAhead` frames after them, `bins` bins
  /// `binWidth` Hz apart.
  ///
  /// - Parameters:
  ///   - dial: Where the operator sets the threshold, if masks have one.
  ///   - midSide: Whether the first two spectra are those of mid and side.
  /// - Real-time: Not real-time: allocates.
  init(
    _ shape: MaskShape, dial: MaskDial? = nil, planes: Int, channels: Int, bins: Int, binWidth: Double, hop: Double,
    lookAhead: Int, midSide: Bool = false
  ) {
    self.shape = shape
    self.dial = dial
    unsafe threshold = dial.map { unsafe UnsafePointer($0.value) }
    self.planes = planes
    self.channels = channels
    self.bins = bins
    right = Transform.stride(bins: bins)
    first = Int(min((shape.lowest / binWidth).rounded(.up), Double(bins)))
    last = max(first, Int(min((shape.highest / binWidth).rounded(.down) + 1, Double(bins))))
    // 1/e after `release` seconds, hop by hop, to the first order: a Padé approximation of the exponential.
    fall = shape.release > 0 ? Float(max(0, (2 * shape.release - hop) / (2 * shape.release + hop))) : 0
    frames = lookAhead + 1
    likelihoods = SampleBuffer(count: shape.position == .centre && channels > 1 ? frames * bins : 0)
    memory =
      shape.position == .learned && channels > 1
      ? PositionMemory(bins: bins, hop: hop, frames: frames, strength: shape.strength, midSide: midSide)
      : nil
    previous = SampleBuffer(count: shape.release > 0 ? planes * bins : 0)
  }

  /// Takes note of where the bins of the next frame stand.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>) {
    observed &+= 1
    unsafe memory?.observe(spectra, frame: observed)
    guard likelihoods.count > 0 else { return }
    let likelihood = unsafe likelihoods.base + observed % frames &* bins
    for bin in first..<last {
      let (leftReal, leftImaginary) = unsafe (spectra[2 &* bin], spectra[2 &* bin &+ 1])
      let (rightReal, rightImaginary) = unsafe (spectra[right &+ 2 &* bin], spectra[right &+ 2 &* bin &+ 1])
      let (real, imaginary) = (leftReal - rightReal, leftImaginary - rightImaginary)
      let difference = rt_sqrt(real * real + imaginary * imaginary)
      let sum =
        rt_sqrt(leftReal * leftReal + leftImaginary * leftImaginary)
        + rt_sqrt(rightReal * rightReal + rightImaginary * rightImaginary)
      let middle = max(0, 1 - difference / (sum + 1e-10))
      unsafe likelihood[bin] = shape.strength == 1 ? middle : rt_pow(middle, shape.strength)
    }
  }

  /// Shapes all masks of the frame observed `lookAhead` frames ago.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func apply(_ masks: UnsafeMutablePointer<Float>) {
    // The oldest of the frames that wait, the look-ahead ago, is the next to be written over.
    let oldest = observed &+ 1
    unsafe memory?.apply(masks, planes: planes, band: first..<last, frame: oldest)
    for plane in 0..<planes {
      let mask = unsafe masks + plane &* bins
      if let threshold = unsafe threshold {
        let edge = unsafe threshold.pointee.load(ordering: .relaxed)
        for bin in first..<last { unsafe mask[bin] = mask[bin] > edge ? 1 : 0 }
      }
      if likelihoods.count > 0 {
        let likelihood = unsafe likelihoods.base + oldest % frames &* bins
        for bin in first..<last { unsafe mask[bin] *= likelihood[bin] }
      }
      for _ in 0..<shape.smoothing { unsafe smooth(mask) }
      if previous.count > 0 { unsafe release(mask, previous: previous.base + plane &* bins) }
      if shape.floor > 0 { for bin in first..<last { unsafe mask[bin] = max(mask[bin], shape.floor) } }
      unsafe rt_clear(mask, first)
      unsafe rt_clear(mask + last, bins &- last)
    }
  }

  /// Forgets the stream.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func reset() {
    observed = 0
    unsafe rt_clear(likelihoods.base, likelihoods.count)
    memory?.reset()
    previous.clear()
  }

  /// Averages every bin with its neighbours; those at the ends count themselves twice.
  @_noLocks @unsafe
  private func smooth(_ mask: UnsafeMutablePointer<Float>) {
    var before = unsafe mask[0]
    for bin in 0..<bins {
      let own = unsafe mask[bin]
      let after = unsafe bin &+ 1 < bins ? mask[bin &+ 1] : own
      unsafe mask[bin] = 0.25 * before + 0.5 * own + 0.25 * after
      before = own
    }
  }

  /// Lets no bin fall faster than the release allows.
  @_noLocks @unsafe
  private func release(_ mask: UnsafeMutablePointer<Float>, previous: UnsafeMutablePointer<Float>) {
    for bin in 0..<bins {
      unsafe mask[bin] = max(mask[bin], previous[bin] * fall)
      unsafe previous[bin] = mask[bin]
    }
  }
}
