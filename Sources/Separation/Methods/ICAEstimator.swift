internal import CRealtime
internal import Realtime
internal import Spectral

/// Unmixes two channels into two sources that are as independent as can be, and takes for the voice the one that stands
/// nearer to the middle of the stereo image, however loud the two are (independent component analysis by natural gradient: Amari, Cichocki and Yang,
/// *A new learning algorithm for blind signal separation*, NIPS 1995).
///
/// The mixing is taken to be real and instantaneous, as a mixing desk makes it. The channels' covariance, tracked over
/// the last seconds, whitens them; what is left to find is an angle, and each frame, a block of all its bins' real and
/// imaginary parts, turns it along the natural gradient of the likelihood of sparse sources. Both sources are put back
/// into the channels, and their powers there make the mask.
///
/// There are no more sources than channels: with several instruments around the voice this is a rotation that keeps
/// most of them out. On mono there is one source, which is all of the sound, and everything is voice. Of more than two
/// channels the first two count.
@safe
struct ICAEstimator: ~Copyable, Sendable {
  private let settings: ICASettings
  private let bins: Int
  private let planes: Int
  private let right: Int
  private let keeping: Float
  /// The masks of the left channel, of the right one, and of both together, bins × 3.
  private let masks: SampleBuffer
  /// The tracked covariance of the channels, over their power.
  private var covariance = Symmetric(left: 0.5, right: 0.5, both: 0)
  private var heard = false
  /// The cosine and sine of the unmixing angle.
  private var cosine: Float = 0.70710678
  private var sine: Float = 0.70710678

  /// A symmetric matrix of two rows.
  private struct Symmetric {
    var left: Float
    var right: Float
    var both: Float
  }

  /// Prepares for spectra of `bins` bins, `hop` seconds apart.
  init(settings: ICASettings, planes: Int, channels: Int, bins: Int, hop: Double) {
    self.settings = settings
    self.bins = bins
    self.planes = planes
    right = channels > 1 ? Transform.stride(bins: bins) : 0
    keeping = Float(1 - min(1, hop / settings.seconds))
    masks = SampleBuffer(count: 3 * bins)
  }

  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>) {
    let power = unsafe track(spectra)
    guard power > 0 else { return unsafe rt_clear(masks.base, masks.count) }
    let whitening = inverseRoot(covariance)
    unsafe turn(spectra, whitening: whitening, scale: 1 / rt_sqrt(power))
    unsafe separate(spectra, whitening: whitening)
  }

  @_noLocks @unsafe
  mutating func estimate(into masks: UnsafeMutablePointer<Float>) {
    for plane in 0..<planes {
      let own = planes == 1 || plane > 1 ? 2 : plane
      unsafe rt_copy(self.masks.base + own &* bins, masks + plane &* bins, bins)
    }
  }

  /// Forgets the stream: the sources are the sum and the difference of the channels again.
  @_noLocks
  mutating func reset() {
    covariance = Symmetric(left: 0.5, right: 0.5, both: 0)
    heard = false
    (cosine, sine) = (0.70710678, 0.70710678)
    unsafe rt_clear(masks.base, masks.count)
  }

  /// Takes a frame into the covariance, each frame alike however loud, and gives its mean power a number.
  @_noLocks @unsafe
  private mutating func track(_ spectra: UnsafePointer<Float>) -> Float {
    var frame = Symmetric(left: 0, right: 0, both: 0)
    for i in 0..<2 &* bins {
      let (left, right) = unsafe (spectra[i], spectra[self.right &+ i])
      frame.left += left * left
      frame.right += right * right
      frame.both += left * right
    }
    let power = frame.left + frame.right
    guard power > 0 else { return 0 }
    let kept = heard ? keeping : 0
    heard = true
    let fresh = (1 - kept) / power
    covariance.left = kept * covariance.left + fresh * frame.left
    covariance.right = kept * covariance.right + fresh * frame.right
    covariance.both = kept * covariance.both + fresh * frame.both
    return power / Float(2 &* bins)
  }

  /// The inverse of the symmetric square root: `(C + √det C) / (√det C √(tr C + 2 √det C))` inverts in closed form.
  ///
  /// A little is added to the diagonal, so that mono, whose covariance has no inverse, stays finite.
  @_noLocks
  private func inverseRoot(_ matrix: Symmetric) -> Symmetric {
    let slight: Float = 1e-4
    let (left, right, both) = (matrix.left + slight, matrix.right + slight, matrix.both)
    let root = rt_sqrt(max(left * right - both * both, 1e-12))
    let trace = rt_sqrt(left + right + 2 * root)
    return Symmetric(
      left: (right + root) / (root * trace), right: (left + root) / (root * trace), both: -both / (root * trace))
  }

  /// Turns the unmixing along the natural gradient, which between whitened channels is a rotation by
  /// `E[f(y₁) y₂ - f(y₂) y₁]`, with `f(y) = y / √(1 + y²)` for sparse sources.
  @_noLocks @unsafe
  private mutating func turn(_ spectra: UnsafePointer<Float>, whitening: Symmetric, scale: Float) {
    var gradient: Float = 0
    for i in 0..<2 &* bins {
      let (left, right) = unsafe (spectra[i] * scale, spectra[self.right &+ i] * scale)
      let first = whitening.left * left + whitening.both * right
      let second = whitening.both * left + whitening.right * right
      let (one, other) = (cosine * first + sine * second, cosine * second - sine * first)
      gradient += one * other * (1 / rt_sqrt(1 + one * one) - 1 / rt_sqrt(1 + other * other))
    }
    let step = max(-0.5, min(0.5, -settings.rate * gradient / Float(2 &* bins)))
    (cosine, sine) = (cosine - step * sine, sine + step * cosine)
    let length = 1 / rt_sqrt(cosine * cosine + sine * sine)
    (cosine, sine) = (cosine * length, sine * length)
  }

  /// Writes the masks: the voice's share of the power that both sources have in each channel.
  @_noLocks @unsafe
  private mutating func separate(_ spectra: UnsafePointer<Float>, whitening: Symmetric) {
    let (w, c, s) = (whitening, cosine, sine)
    let one = (left: c * w.left + s * w.both, right: c * w.both + s * w.right)
    let other = (left: c * w.both - s * w.left, right: c * w.right - s * w.both)
    let determinant = one.left * other.right - one.right * other.left
    // The columns of the inverse: how loud each source is in each channel.
    let oneGain = (left: other.right / determinant, right: -other.left / determinant)
    let otherGain = (left: -one.right / determinant, right: one.left / determinant)
    let isOne = middle(oneGain) >= middle(otherGain)
    let (voice, voiceGain) = isOne ? (one, oneGain) : (other, otherGain)
    let (rest, restGain) = isOne ? (other, otherGain) : (one, oneGain)
    for bin in 0..<bins {
      let voicePower = unsafe power(spectra, bin, of: voice)
      let restPower = unsafe power(spectra, bin, of: rest)
      unsafe masks.base[bin] = share(
        voicePower * voiceGain.left * voiceGain.left, restPower * restGain.left * restGain.left)
      unsafe masks.base[bins &+ bin] = share(
        voicePower * voiceGain.right * voiceGain.right, restPower * restGain.right * restGain.right)
      unsafe masks.base[2 &* bins &+ bin] = share(
        voicePower * (voiceGain.left * voiceGain.left + voiceGain.right * voiceGain.right),
        restPower * (restGain.left * restGain.left + restGain.right * restGain.right))
    }
  }

  /// How near to the middle a source with these gains stands: the squared cosine between them and equal gains.
  @_noLocks
  private func middle(_ gain: (left: Float, right: Float)) -> Float {
    let sum = gain.left + gain.right
    return sum * sum / (2 * (gain.left * gain.left + gain.right * gain.right))
  }

  @_noLocks @unsafe
  private func power(_ spectra: UnsafePointer<Float>, _ bin: Int, of row: (left: Float, right: Float)) -> Float {
    let real = unsafe row.left * spectra[2 &* bin] + row.right * spectra[right &+ 2 &* bin]
    let imaginary = unsafe row.left * spectra[2 &* bin &+ 1] + row.right * spectra[right &+ 2 &* bin &+ 1]
    return real * real + imaginary * imaginary
  }

  @_noLocks
  private func share(_ voice: Float, _ rest: Float) -> Float {
    let (voice, rest) =
      settings.exponent == 2
      ? (voice, rest) : (rt_pow(voice, settings.exponent / 2), rt_pow(rest, settings.exponent / 2))
    return voice + rest > 0 ? voice / (voice + rest) : 0
  }
}
