internal import Spectral

/// Takes for accompaniment what was heard before, and for the voice what is new (online REPET-SIM: Rafii and Pardo,
/// *Online REPET-SIM for real-time speech enhancement*, ICASSP 2013).
///
/// The newest frame is compared with all that the memory holds; the median over the moments most similar to it is what
/// repeats, and what exceeds that is the voice. Without a view into the future; until something has come a second
/// time, everything is accompaniment.
@safe
struct REPETEstimator: ~Copyable, @unchecked Sendable {
  private let source: MaskSource
  private let bins: Int
  private let memories: UnsafeMutablePointer<REPETMemory>

  /// Prepares for frames of `bins` bins, `hop` seconds apart.
  init(settings: REPETSettings, source: MaskSource, bins: Int, hop: Double) {
    self.source = source
    self.bins = bins
    unsafe memories = .allocate(capacity: source.planes)
    for plane in 0..<source.planes {
      unsafe (memories + plane).initialize(to: REPETMemory(settings: settings, bins: bins, hop: hop))
    }
  }

  deinit {
    unsafe memories.deinitialize(count: source.planes)
    unsafe memories.deallocate()
  }

  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>) {
    for plane in 0..<source.planes {
      unsafe (memories + plane).pointee.observe(spectra, plane: plane, source: source)
    }
  }

  @_noLocks @unsafe
  mutating func estimate(into masks: UnsafeMutablePointer<Float>) {
    for plane in 0..<source.planes { unsafe (memories + plane).pointee.estimate(into: masks + plane &* bins) }
  }

  @_noLocks
  mutating func reset() {
    for plane in 0..<source.planes { unsafe (memories + plane).pointee.reset() }
  }
}
