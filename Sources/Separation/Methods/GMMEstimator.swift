internal import CRealtime
internal import Realtime
internal import Spectral

/// Tells the voice by where it stands: a Gaussian mixture on the stereo position of every bin, one Gaussian pinned to
/// the middle (after Kim, Beack, Choi and Kang, *Gaussian mixture model for singing voice separation from stereophonic
/// music*, AES 43rd conference 2011).
///
/// A bin's position is its level difference `20 log10(|L|/|R|)` in dB and its phase difference `arg(L R*)`; it counts
/// with its magnitude. Each frame is one step of expectation and maximisation with forgetting, and the mask is the
/// responsibility of the pinned Gaussian. Without a view into the future; on mono everything is in the middle. Of more
/// than two channels the first two count.
@safe
struct GMMEstimator: ~Copyable, Sendable {
  /// What a Gaussian takes among the statistics: weight, then sum and sum of squares of both coordinates.
  private static var width: Int { @_noLocks get { 5 } }
  /// Level differences beyond this, in dB, are one side alone.
  private static var widest: Float { @_noLocks get { 40 } }

  private let settings: GMMSettings
  private let bins: Int
  private let planes: Int
  private let right: Int
  private let mask: SampleBuffer
  private var learnt: SampleBuffer
  private var heard: SampleBuffer
  /// Of each Gaussian: both means, half the inverse of both variances, and its weight over both standard deviations.
  private let gaussians: SampleBuffer
  private let shares: SampleBuffer

  /// Prepares for spectra of `bins` bins.
  init(settings: GMMSettings, planes: Int, channels: Int, bins: Int) {
    self.settings = settings
    self.bins = bins
    self.planes = planes
    right = channels > 1 ? Transform.stride(bins: bins) : 0
    mask = SampleBuffer(count: bins)
    learnt = SampleBuffer(count: settings.components * Self.width)
    heard = SampleBuffer(count: settings.components * Self.width)
    gaussians = SampleBuffer(count: settings.components * Self.width)
    shares = SampleBuffer(count: settings.components)
    reset()
  }

  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>) {
    heard.clear()
    var total: Float = 0
    for bin in 0..<bins {
      let (leftReal, leftImaginary) = unsafe (spectra[2 &* bin], spectra[2 &* bin &+ 1])
      let (rightReal, rightImaginary) = unsafe (spectra[right &+ 2 &* bin], spectra[right &+ 2 &* bin &+ 1])
      let left = leftReal * leftReal + leftImaginary * leftImaginary
      let right = rightReal * rightReal + rightImaginary * rightImaginary
      guard left + right > 0 else {
        unsafe mask.base[bin] = 0
        continue
      }
      let level = max(-Self.widest, min(Self.widest, 10 * (rt_log10(left) - rt_log10(right))))
      let phase = rt_atan2(
        leftImaginary * rightReal - leftReal * rightImaginary, leftReal * rightReal + leftImaginary * rightImaginary)
      unsafe mask.base[bin] = judge(level: level, phase: phase)
      let weight = rt_sqrt(left + right)
      total += weight
      count(level: level, phase: phase, weight: weight)
    }
    if total > 0 { learn(total: total) }
  }

  @_noLocks @unsafe
  mutating func estimate(into masks: UnsafeMutablePointer<Float>) {
    for plane in 0..<planes { unsafe rt_copy(mask.base, masks + plane &* bins, bins) }
  }

  /// Forgets what was learnt: the Gaussians beside the middle stand to its left and right by turns again, 10 dB apart.
  @_noLocks
  mutating func reset() {
    for component in 0..<settings.components {
      let step = Float((component &+ 1) / 2) * 10
      let level = component % 2 == 1 ? -step : step
      let place = unsafe learnt.base + component &* Self.width
      let weight = 1 / Float(settings.components)
      unsafe place[0] = weight
      unsafe place[1] = weight * level
      unsafe place[2] = weight * (level * level + 25)
      unsafe place[3] = 0
      unsafe place[4] = weight * 0.25
    }
    describe()
  }

  /// Expectation: the responsibility of every Gaussian for a bin at this position; that of the middle is its mask.
  @_noLocks
  private mutating func judge(level: Float, phase: Float) -> Float {
    var sum: Float = 0
    for component in 0..<settings.components {
      let place = unsafe gaussians.base + component &* Self.width
      let (across, around) = unsafe (level - place[0], phase - place[1])
      let density = unsafe place[4] * rt_exponential(-across * across * place[2] - around * around * place[3])
      unsafe shares.base[component] = density
      sum += density
    }
    // Far from all of them it is nobody's, and least of all the middle's.
    guard sum > 1e-30 else {
      unsafe rt_clear(shares.base, settings.components)
      return 0
    }
    unsafe rt_scale(shares.base, 1 / sum, shares.base, settings.components)
    return unsafe shares.base[0]
  }

  @_noLocks
  private mutating func count(level: Float, phase: Float, weight: Float) {
    for component in 0..<settings.components {
      let place = unsafe heard.base + component &* Self.width
      let share = unsafe shares.base[component] * weight
      unsafe place[0] += share
      unsafe place[1] += share * level
      unsafe place[2] += share * level * level
      unsafe place[3] += share * phase
      unsafe place[4] += share * phase * phase
    }
  }

  /// Maximisation, over the frames heard so far, the older the less.
  @_noLocks
  private mutating func learn(total: Float) {
    let fresh = (1 - settings.forgetting) / total
    for i in 0..<learnt.count { unsafe learnt.base[i] = settings.forgetting * learnt.base[i] + fresh * heard.base[i] }
    describe()
  }

  @_noLocks
  private mutating func describe() {
    for component in 0..<settings.components {
      let (place, gaussian) = unsafe (
        learnt.base + component &* Self.width, gaussians.base + component &* Self.width
      )
      let weight = unsafe max(place[0], 1e-6)
      // The middle stays where it is, and spreads around there.
      let level = unsafe component == 0 ? 0 : place[1] / weight
      let phase = unsafe component == 0 ? 0 : place[3] / weight
      let across = unsafe max(place[2] / weight - level * level, settings.levelSpread * settings.levelSpread)
      let around = unsafe max(place[4] / weight - phase * phase, settings.phaseSpread * settings.phaseSpread)
      unsafe gaussian[0] = level
      unsafe gaussian[1] = phase
      unsafe gaussian[2] = 0.5 / across
      unsafe gaussian[3] = 0.5 / around
      unsafe gaussian[4] = weight / rt_sqrt(across * around)
    }
  }
}
