internal import CRealtime
internal import Network
internal import Realtime
internal import Spectral

/// Puts every frame together from spectra of voices and of accompaniments that were learnt beforehand, and takes for
/// the voice what the voices' spectra contribute.
///
/// On the grid that the dictionary was fitted on, at any rate; above its band the preset's rule holds. Without a view
/// into the future.
@safe
struct NMFEstimator: ~Copyable, @unchecked Sendable {
  private let source: MaskSource
  private let bins: Int
  private let known: Int
  private let aboveBand: AboveBand
  private let decompositions: UnsafeMutablePointer<Decomposition>
  private var magnitudes: SampleBuffer
  private let mask: SampleBuffer

  /// Prepares for spectra of `bins` bins.
  init(
    dictionary: SpectralDictionary, settings: NMFSettings, source: MaskSource, bins: Int, aboveBand: AboveBand
  ) {
    self.source = source
    self.bins = bins
    self.aboveBand = aboveBand
    known = min(bins, dictionary.description.bins)
    unsafe decompositions = .allocate(capacity: source.planes)
    for plane in 0..<source.planes {
      let decomposition = Decomposition(
        dictionary: dictionary, updates: settings.updates, exponent: settings.exponent)
      unsafe (decompositions + plane).initialize(to: decomposition)
    }
    magnitudes = SampleBuffer(count: dictionary.description.bins)
    mask = SampleBuffer(count: dictionary.description.bins)
  }

  deinit {
    unsafe decompositions.deinitialize(count: source.planes)
    unsafe decompositions.deallocate()
  }

  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>) {
    for plane in 0..<source.planes {
      unsafe source.magnitudes(plane, of: spectra, count: known, factor: 1, into: magnitudes.base)
      unsafe (decompositions + plane).pointee.observe(magnitudes.base)
    }
  }

  @_noLocks @unsafe
  mutating func estimate(into masks: UnsafeMutablePointer<Float>) {
    for plane in 0..<source.planes {
      unsafe (decompositions + plane).pointee.estimate(into: mask.base)
      let target = unsafe masks + plane &* bins
      unsafe rt_copy(mask.base, target, known)
      let above = unsafe aboveBand.mask(below: mask.base, count: mask.count)
      for bin in known..<bins { unsafe target[bin] = above }
    }
  }

  @_noLocks
  mutating func reset() {
    for plane in 0..<source.planes { unsafe (decompositions + plane).pointee.reset() }
  }
}
