internal import CRealtime
internal import Realtime
internal import Spectral

/// Finds where in the stereo image each bin is panned by cancelling one channel with the other (ADRess: Barry, Lawlor
/// and Coyle, *Sound source separation: azimuth discrimination and resynthesis*, DAFx 2004).
///
/// With A the louder channel of a bin, B the other and gains g = i/β, i = 0…β, the azimuthogram is `|B - g A|`: where it
/// has its null, there the source stands, and the depth `max - min` is how much of the bin it makes up. A null within
/// `width` steps of g = 1, the middle seen from either side, makes the bin voice, to the share `(max - min) / max`.
/// Without a view into the past or the future; on mono everything is in the middle. Of more than two channels the first
/// two count.
@safe
struct ADRessEstimator: ~Copyable, Sendable {
  private let resolution: Float
  private let nearest: Float
  private let bins: Int
  private let planes: Int
  private let right: Int
  private let mask: SampleBuffer

  /// Prepares for spectra of `bins` bins.
  init(settings: ADRessSettings, planes: Int, channels: Int, bins: Int) {
    resolution = Float(settings.resolution)
    nearest = Float(settings.resolution - settings.width)
    self.bins = bins
    self.planes = planes
    right = channels > 1 ? Transform.stride(bins: bins) : 0
    mask = SampleBuffer(count: bins)
  }

  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>) {
    for bin in 0..<bins {
      let (leftReal, leftImaginary) = unsafe (spectra[2 &* bin], spectra[2 &* bin &+ 1])
      let (rightReal, rightImaginary) = unsafe (spectra[right &+ 2 &* bin], spectra[right &+ 2 &* bin &+ 1])
      let left = leftReal * leftReal + leftImaginary * leftImaginary
      let right = rightReal * rightReal + rightImaginary * rightImaginary
      let product = leftReal * rightReal + leftImaginary * rightImaginary
      unsafe mask.base[bin] = share(louder: max(left, right), softer: min(left, right), product: product)
    }
  }

  /// The share of the middle in a bin, from the powers of its channels and the real part of their product.
  ///
  /// `|B - g A|²` is a parabola in g, so its least value among the gains is at the step nearest to its vertex, and its
  /// greatest at one of the ends: there is no need to try them all.
  @_noLocks
  private func share(louder: Float, softer: Float, product: Float) -> Float {
    guard louder > 0 else { return 0 }
    let vertex = min(max(product / louder, 0), 1)
    let step = Float(Int(vertex * resolution + 0.5))
    guard step >= nearest else { return 0 }
    let gain = step / resolution
    let least = rt_sqrt(max(0, softer - 2 * gain * product + gain * gain * louder))
    let greatest = rt_sqrt(max(softer, softer - 2 * product + louder))
    return greatest > 0 ? (greatest - least) / greatest : 0
  }

  @_noLocks @unsafe
  mutating func estimate(into masks: UnsafeMutablePointer<Float>) {
    for plane in 0..<planes { unsafe rt_copy(mask.base, masks + plane &* bins, bins) }
  }
}
