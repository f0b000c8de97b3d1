internal import CRealtime
internal import Network
internal import Realtime
internal import Spectral

/// Estimates masks with a trained network on the grid it was trained on (DESIGN 4).
///
/// It sees the model's bins only, as magnitudes divided by the window sum; what the graph has above the model's band
/// follows the preset's rule.
@safe
struct NetworkEstimator: ~Copyable, @unchecked Sendable {
  let lookAhead: Int
  private let networks: UnsafeMutablePointer<VoiceNetwork>
  private let planes: Int
  private let channels: Int
  private let bins: Int
  private let stride: Int
  private let scale: Float
  private let aboveBand: AboveBand
  private let modelBins: Int
  private let magnitudes: SampleBuffer
  private let mask: SampleBuffer

  /// Prepares `planes` networks (one for all channels, or one each) for spectra of `bins` bins.
  ///
  /// - Parameter windowSum: The sum of the analysis window, which magnitudes are divided by.
  init(model: Model, planes: Int, channels: Int, bins: Int, windowSum: Float, aboveBand: AboveBand) {
    unsafe networks = .allocate(capacity: planes)
    for plane in 0..<planes { unsafe (networks + plane).initialize(to: VoiceNetwork(model: model)) }
    lookAhead = unsafe networks.pointee.lookAhead
    modelBins = unsafe networks.pointee.bins
    self.planes = planes
    self.channels = channels
    self.bins = bins
    self.aboveBand = aboveBand
    stride = Transform.stride(bins: bins)
    scale = 1 / windowSum
    magnitudes = SampleBuffer(count: modelBins)
    mask = SampleBuffer(count: modelBins)
  }

  deinit {
    unsafe networks.deinitialize(count: planes)
    unsafe networks.deallocate()
  }

  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>) {
    for plane in 0..<planes {
      if planes == 1 {
        unsafe measure(spectra, channels: channels)
      } else {
        unsafe measure(spectra + plane &* stride, channels: 1)
      }
      unsafe (networks + plane).pointee.observe(magnitudes: magnitudes.base)
    }
  }

  @_noLocks @unsafe
  mutating func estimate(into masks: UnsafeMutablePointer<Float>) {
    let known = min(bins, modelBins)
    for plane in 0..<planes {
      unsafe (networks + plane).pointee.estimate(into: mask.base)
      let target = unsafe masks + plane &* bins
      unsafe rt_copy(mask.base, target, known)
      let above = aboveMask()
      for bin in known..<bins { unsafe target[bin] = above }
    }
  }

  @_noLocks
  mutating func reset() {
    for plane in 0..<planes { unsafe (networks + plane).pointee.reset() }
  }

  /// The magnitudes of the mean of some channels at the model's bins; above a graph's band there is nothing to see.
  @_noLocks @unsafe
  private mutating func measure(_ spectra: UnsafePointer<Float>, channels: Int) {
    let factor = scale / Float(channels)
    for bin in 0..<min(bins, modelBins) {
      var real: Float = 0
      var imaginary: Float = 0
      for channel in 0..<channels {
        unsafe real += spectra[channel &* stride &+ 2 &* bin]
        unsafe imaginary += spectra[channel &* stride &+ 2 &* bin &+ 1]
      }
      unsafe magnitudes.base[bin] = rt_sqrt(real * real + imaginary * imaginary) * factor
    }
  }

  /// The mean mask of the model's top bins, bounded by the preset.
  @_noLocks
  private func aboveMask() -> Float {
    let count = min(aboveBand.bins, modelBins)
    guard count > 0 else { return 0 }
    var sum: Float = 0
    for bin in (modelBins &- count)..<modelBins { unsafe sum += mask.base[bin] }
    return min(sum / Float(count), aboveBand.maximum)
  }
}
