internal import CRealtime
internal import Realtime

/// One separation of magnitudes into what lasts and what is broad (FitzGerald, *Harmonic/percussive separation using
/// median filtering*, DAFx 2010).
///
/// H is the median of a bin over time, P that over its neighbours in frequency; the lasting share of the bin is
/// `H^e / (H^e + P^e)`. The median over time goes over the last frames, so that the frame judged may be the newest
/// (causal) or one before it.
struct HPSSStage: ~Copyable, Sendable {
  private let settings: HPSSSettings.Stage
  private let bins: Int
  private var overTime: MedianOverTime
  private var overFrequency: MedianOverFrequency
  private var lasting: SampleBuffer
  private var broad: SampleBuffer
  private var next = 0

  /// Prepares for frames of `bins` bins.
  ///
  /// - Real-time: Not real-time: allocates.
  init(_ settings: HPSSSettings.Stage, bins: Int) {
    self.settings = settings
    self.bins = bins
    overTime = MedianOverTime(bins: bins, count: settings.frames)
    overFrequency = MedianOverFrequency(bins: bins, count: min(settings.bins, bins - 1 | 1))
    lasting = SampleBuffer(count: bins)
    broad = SampleBuffer(count: (settings.lookAhead + 1) * bins)
  }

  /// Takes the next frame and writes the lasting share of every bin of the one `lookAhead` frames before it.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func step(_ magnitudes: UnsafePointer<Float>, into shares: UnsafeMutablePointer<Float>) {
    unsafe overTime.step(magnitudes, into: lasting.base)
    unsafe overFrequency.step(magnitudes, into: broad.base + next &* bins)
    next = next == settings.lookAhead ? 0 : next &+ 1
    let broad = unsafe self.broad.base + next &* bins
    for bin in 0..<bins {
      let h = unsafe power(lasting.base[bin])
      let p = unsafe power(broad[bin])
      unsafe shares[bin] = h + p > 0 ? h / (h + p) : 0
    }
  }

  @_noLocks
  private func power(_ value: Float) -> Float {
    settings.exponent == 2 ? value * value : rt_pow(value, settings.exponent)
  }

  /// Forgets every frame.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func reset() {
    overTime.reset()
    broad.clear()
    next = 0
  }
}
