internal import Spectral

/// Takes for the voice what is too lively for a steady note and too long for a drum (two-stage harmonic/percussive
/// separation, as in Tachibana, Ono and Sagayama, *Singing voice enhancement in monaural music signals based on
/// two-stage harmonic/percussive sound separation on multiple resolution spectrograms*, IEEE/ACM TASLP 2014).
///
/// In windows of a quarter of a second a voice, never steady, is as broad as a drum, and what lasts is left behind; in
/// windows of 32 ms it lasts, and drums are left behind. The preset's grid has the short windows. The long stage hears
/// the sound that the spectra came from, gives its broad part back as sound, and the short stage analyses that anew;
/// the mask is what lasts of the broad part, as a share of the input.
@safe
struct HPSSEstimator: ~Copyable, @unchecked Sendable {
  private let source: MaskSource
  private let bins: Int
  private let voices: UnsafeMutablePointer<HPSSVoice>

  /// Prepares for frames of `grid`, analysed with `windows`.
  init(settings: HPSSSettings, source: MaskSource, grid: Grid, windows: Windows) {
    self.source = source
    bins = grid.bins
    unsafe voices = .allocate(capacity: source.planes)
    for plane in 0..<source.planes {
      unsafe (voices + plane).initialize(to: HPSSVoice(settings: settings, grid: grid, windows: windows))
    }
  }

  deinit {
    unsafe voices.deinitialize(count: source.planes)
    unsafe voices.deallocate()
  }

  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>) {
    for plane in 0..<source.planes {
      unsafe (voices + plane).pointee.observe(spectra, plane: plane, source: source)
    }
  }

  @_noLocks @unsafe
  mutating func estimate(into masks: UnsafeMutablePointer<Float>) {
    for plane in 0..<source.planes { unsafe (voices + plane).pointee.estimate(into: masks + plane &* bins) }
  }

  @_noLocks
  mutating func reset() {
    for plane in 0..<source.planes { unsafe (voices + plane).pointee.reset() }
  }
}
