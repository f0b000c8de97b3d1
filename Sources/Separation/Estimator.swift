internal import Network
internal import Realtime
internal import Spectral

/// One running method: it is shown every frame and asked for an estimate of those that are still in time.
///
/// A new method is one file and one case here; the compiler lists the places.
enum Estimator: ~Copyable, Sendable {
  case network(NetworkEstimator)
  case centre(CentreEstimator)
  case passthrough(PassthroughEstimator)
  case filter(FilterEstimator)

  /// Prepares the method of `settings` for `channels` channels on `grid`.
  ///
  /// - Real-time: Not real-time: allocates.
  init(settings: SeparatorSettings, grid: Grid, windows: Windows, channels: Int, rate: Int) {
    let planes = settings.planes(channels: channels)
    switch settings.method {
    case .network(let model):
      self = .network(
        NetworkEstimator(
          model: model, planes: planes, channels: channels, bins: grid.bins, windowSum: windows.sum,
          aboveBand: settings.aboveBand))
    case .centre(let centre):
      self = .centre(
        CentreEstimator(
          settings: centre, planes: planes, channels: channels, bins: grid.bins,
          binWidth: Double(rate) / Double(grid.window)))
    case .passthrough:
      self = .passthrough(PassthroughEstimator(count: planes * grid.bins))
    }
  }

  /// How many frames after a frame its mask can be estimated.
  var lookAhead: Int {
    switch self {
    case .network(let network): network.lookAhead
    case .centre: 0
    case .passthrough: 0
    case .filter(let filter): filter.lookAhead
    }
  }

  /// What ``estimate(into:)`` writes.
  var kind: EstimateKind {
    switch self {
    case .network(let network): network.kind
    case .centre: .mask
    case .passthrough: .mask
    case .filter: .spectrum
    }
  }

  /// Shows the next frame: the complex spectra of all channels.
  ///
  /// - Real-time: Wait-free; cheap, and called for every frame, also for those that come too late to be estimated.
  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>) {
    switch consume self {
    case .network(var network):
      unsafe network.observe(spectra)
      self = .network(network)
    case .centre(var centre):
      unsafe centre.observe(spectra)
      self = .centre(centre)
    case .passthrough(let passthrough):
      self = .passthrough(passthrough)
    case .filter(var filter):
      unsafe filter.observe(spectra)
      self = .filter(filter)
    }
  }

  /// Writes the estimate, of its ``kind``, for the frame observed ``lookAhead`` frames ago: masks of bins × planes, or
  /// the voice's spectra of complex bins × planes, on the scale of the spectra observed.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func estimate(into target: UnsafeMutablePointer<Float>) {
    switch consume self {
    case .network(var network):
      unsafe network.estimate(into: target)
      self = .network(network)
    case .centre(var centre):
      unsafe centre.estimate(into: target)
      self = .centre(centre)
    case .passthrough(let passthrough):
      unsafe passthrough.estimate(into: target)
      self = .passthrough(passthrough)
    case .filter(let filter):
      unsafe filter.estimate(into: target)
      self = .filter(filter)
    }
  }

  /// Forgets every frame.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func reset() {
    switch consume self {
    case .network(var network):
      network.reset()
      self = .network(network)
    case .centre(let centre):
      self = .centre(centre)
    case .passthrough(let passthrough):
      self = .passthrough(passthrough)
    case .filter(let filter):
      self = .filter(filter)
    }
  }
}

/// What an estimator returns for a frame.
enum EstimateKind: Sendable {
  /// The voice's share of the mixture in a bin, from 0 to 1.
  case mask
  /// The complex spectrum of the voice itself.
  case spectrum

  /// How many floats stand for a bin: real and imaginary part by turns for a spectrum.
  var floatsABin: Int {
    switch self {
    case .mask: 1
    case .spectrum: 2
    }
  }
}

/// Masks of ones.
struct PassthroughEstimator: ~Copyable, Sendable {
  let count: Int

  @_noLocks @unsafe
  func estimate(into masks: UnsafeMutablePointer<Float>) {
    for i in 0..<count { unsafe masks[i] = 1 }
  }
}
