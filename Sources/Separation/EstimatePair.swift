internal import CRealtime
internal import Realtime

/// The last two estimates of an estimator that does not step at every frame, and the masks between them.
struct EstimatePair: ~Copyable, Sendable {
  private let every: Int
  private let interpolates: Bool
  private let width: Int
  private let masks: SampleBuffer
  /// Which half of ``masks`` is the newer one.
  private var newerHalf = 0
  /// The frames of the two; -1 for none.
  private var older = -1
  private var newer = -1

  /// Prepares for masks of `width` floats.
  init(cadence: Cadence, width: Int) {
    every = cadence.every
    interpolates = cadence.between == .interpolate
    self.width = width
    masks = SampleBuffer(count: 2 * width)
  }

  /// Whether frame `number` is to have an estimate of its own: also when the last one due was skipped for its lateness.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  func isDue(_ number: Int) -> Bool { newer < 0 || number &- newer >= every }

  /// Where the estimate of frame `number` is to be written, in place of the older of the two.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func place(for number: Int) -> UnsafeMutablePointer<Float> {
    older = newer
    newer = number
    newerHalf = 1 &- newerHalf
    return unsafe masks.base + newerHalf &* width
  }

  /// Writes the mask of frame `number`, which is no newer than the last estimate when masks are interpolated.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func write(_ number: Int, into mask: UnsafeMutablePointer<Float>) {
    let newest = unsafe masks.base + newerHalf &* width
    guard interpolates, older >= 0, number < newer else { return unsafe rt_copy(newest, mask, width) }
    let oldest = unsafe masks.base + (1 &- newerHalf) &* width
    let share = max(0, Float(number &- older) / Float(newer &- older))
    for i in 0..<width { unsafe mask[i] = oldest[i] + (newest[i] - oldest[i]) * share }
  }

  /// Forgets both.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func reset() {
    older = -1
    newer = -1
  }
}
