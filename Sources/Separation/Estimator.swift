internal import Network
internal import Realtime
internal import Spectral

/// One running method: it is shown every frame and asked for an estimate of those that are still in time.
///
/// A new method is one file and one case here; the compiler lists the places.
enum Estimator: ~Copyable, Sendable {
  case network(NetworkEstimator)
  case centre(CentreEstimator)
  case adress(ADRessEstimator)
  case hpss(HPSSEstimator)
  case nmf(NMFEstimator)
  case repet(REPETEstimator)
  case ica(ICAEstimator)
  case gmm(GMMEstimator)
  case passthrough(PassthroughEstimator)
  case filter(FilterEstimator)

  /// Prepares the method of `settings` for `channels` channels on `grid`.
  ///
  /// - Parameter batch: The most frames that may be estimated together; 1 in a live stream.
  /// - Real-time: Not real-time: allocates.
  init(
    settings: SeparatorSettings, grid: Grid, windows: Windows, channels: Int, rate: Int, batch: Int = 1
  ) {
    let planes = settings.planes(channels: channels)
    let source = MaskSource(planes: planes, channels: channels, bins: grid.bins)
    let hop = grid.meanHop / Double(rate)
    switch settings.method {
    case .network(let model):
      self = .network(
        NetworkEstimator(
          model: model, planes: planes, channels: channels, bins: grid.bins, windowSum: windows.sum,
          aboveBand: settings.aboveBand, batch: batch))
    case .centre(let centre):
      self = .centre(
        CentreEstimator(
          settings: centre, planes: planes, channels: channels, bins: grid.bins,
          binWidth: Double(rate) / Double(grid.window)))
    case .adress(let adress):
      self = .adress(ADRessEstimator(settings: adress, planes: planes, channels: channels, bins: grid.bins))
    case .hpss(let hpss):
      self = .hpss(HPSSEstimator(settings: hpss, source: source, grid: grid, windows: windows))
    case .nmf(let dictionary, let nmf):
      self = .nmf(
        NMFEstimator(
          dictionary: dictionary, settings: nmf, source: source, bins: grid.bins, aboveBand: settings.aboveBand))
    case .repet(let repet):
      self = .repet(REPETEstimator(settings: repet, source: source, bins: grid.bins, hop: hop))
    case .ica(let ica):
      self = .ica(ICAEstimator(settings: ica, planes: planes, channels: channels, bins: grid.bins, hop: hop))
    case .gmm(let gmm):
      self = .gmm(GMMEstimator(settings: gmm, planes: planes, channels: channels, bins: grid.bins))
    case .passthrough:
      self = .passthrough(PassthroughEstimator(count: planes * grid.bins))
    }
  }

  /// How many frames after a frame its estimate is known, for a method of `settings`.
  func lookAhead(_ settings: SeparatorSettings) -> Int {
    switch self {
    case .filter(let filter): filter.lookAhead
    default: settings.lookAhead - settings.cadence.lookAhead
    }
  }

  /// What ``estimate(into:)`` writes.
  var kind: EstimateKind {
    switch self {
    case .network(let network): network.kind
    case .filter: .spectrum
    default: .mask
    }
  }

  /// How many frames are estimated together: more than 1 only where that is quicker, and time does not press.
  var batch: Int {
    switch self {
    case .network(let network): network.batch
    default: 1
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
    case .adress(var adress):
      unsafe adress.observe(spectra)
      self = .adress(adress)
    case .hpss(var hpss):
      unsafe hpss.observe(spectra)
      self = .hpss(hpss)
    case .nmf(var nmf):
      unsafe nmf.observe(spectra)
      self = .nmf(nmf)
    case .repet(var repet):
      unsafe repet.observe(spectra)
      self = .repet(repet)
    case .ica(var ica):
      unsafe ica.observe(spectra)
      self = .ica(ica)
    case .gmm(var gmm):
      unsafe gmm.observe(spectra)
      self = .gmm(gmm)
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
    case .adress(var adress):
      unsafe adress.estimate(into: target)
      self = .adress(adress)
    case .hpss(var hpss):
      unsafe hpss.estimate(into: target)
      self = .hpss(hpss)
    case .nmf(var nmf):
      unsafe nmf.estimate(into: target)
      self = .nmf(nmf)
    case .repet(var repet):
      unsafe repet.estimate(into: target)
      self = .repet(repet)
    case .ica(var ica):
      unsafe ica.estimate(into: target)
      self = .ica(ica)
    case .gmm(var gmm):
      unsafe gmm.estimate(into: target)
      self = .gmm(gmm)
    case .passthrough(let passthrough):
      unsafe passthrough.estimate(into: target)
      self = .passthrough(passthrough)
    case .filter(let filter):
      unsafe filter.estimate(into: target)
      self = .filter(filter)
    }
  }

  /// Has a network that looks ahead by itself remember the newest frame, whose estimate nobody wants.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func advance() {
    switch consume self {
    case .network(var network):
      network.advance()
      self = .network(network)
    case let other: self = other
    }
  }

  /// Keeps the newest frame as number `slot` of a batch, which is of at most ``batch`` frames.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func collect(_ slot: Int) {
    switch consume self {
    case .network(var network):
      network.collect(slot)
      self = .network(network)
    case let other: self = other
    }
  }

  /// Sends the collected frames through the layers together.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func run() {
    switch consume self {
    case .network(var network):
      network.run()
      self = .network(network)
    case let other: self = other
    }
  }

  /// Writes the estimate for number `slot` of the batch, as ``estimate(into:)`` does.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func result(_ slot: Int, into target: UnsafeMutablePointer<Float>) {
    switch consume self {
    case .network(var network):
      unsafe network.result(slot, into: target)
      self = .network(network)
    case let other: self = other
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
    case .adress(let adress):
      self = .adress(adress)
    case .hpss(var hpss):
      hpss.reset()
      self = .hpss(hpss)
    case .nmf(var nmf):
      nmf.reset()
      self = .nmf(nmf)
    case .repet(var repet):
      repet.reset()
      self = .repet(repet)
    case .ica(var ica):
      ica.reset()
      self = .ica(ica)
    case .gmm(var gmm):
      gmm.reset()
      self = .gmm(gmm)
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
