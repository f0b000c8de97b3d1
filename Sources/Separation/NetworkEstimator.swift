internal import CRealtime
internal import Network
internal import Realtime
internal import Spectral

/// Estimates masks, or the voice's spectra, with a trained network on the grid it was trained on.
///
/// It sees the model's bins only, divided by the window sum; what the graph has above the model's band follows the
/// preset's rule, and belongs to the accompaniment where the model gives a spectrum.
@safe
struct NetworkEstimator: ~Copyable, @unchecked Sendable {
  let kind: EstimateKind
  /// How many frames go through the layers together where time does not press.
  let batch: Int
  /// A stream of its own for each group of channels.
  private var network: VoiceNetwork
  private let groups: ChannelGroups
  private let bins: Int
  private let stride: Int
  private let windowSum: Float
  private let aboveBand: AboveBand
  private let modelBins: Int
  private let hearsSpectra: Bool
  private let looksAhead: Bool
  /// Whether each row that is heard has a mask of its own.
  private let masksRows: Bool
  private let frame: SampleBuffer
  private let result: SampleBuffer

  /// Prepares a network with a stream for each group of channels, for spectra of `bins` bins.
  ///
  /// - Parameters:
  ///   - planes: 1 for one estimate from the mean of all channels, or one a channel.
  ///   - channels: How many spectra a frame has: those of the channels, or of mid and side of each pair of them.
  ///   - windowSum: The sum of the analysis window, which the spectra are divided by.
  ///   - batch: The most frames that may go through the layers together; 1 in a live stream.
  init(
    model: Model, planes: Int, channels: Int, bins: Int, windowSum: Float, aboveBand: AboveBand, batch: Int
  ) {
    let description = model.description
    let heard = description.input.channels
    masksRows = description.input.feature == .midSide
    groups = ChannelGroups(channels: channels, planes: planes, heard: heard, hearsOneTwice: !masksRows)
    self.batch = model.isMemoryless ? batch : 1
    network = VoiceNetwork(model: model, streams: groups.count, batch: self.batch)
    kind = description.output.kind == .spectrum ? .spectrum : .mask
    modelBins = description.grid.bins
    hearsSpectra = description.input.feature == .spectrum
    looksAhead = description.output.delay > 0
    self.bins = bins
    self.windowSum = windowSum
    self.aboveBand = aboveBand
    stride = Transform.stride(bins: bins)
    frame = SampleBuffer(count: 2 * heard * modelBins)
    result = SampleBuffer(count: groups.count * network.width)
  }

  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>) {
    for group in 0..<groups.count {
      for row in 0..<groups.heard { unsafe gather(spectra, group: group, row: row) }
      if hearsSpectra {
        unsafe network.observe(spectrum: frame.base, stream: group)
      } else {
        for row in 0..<groups.heard { measure(row) }
        unsafe network.observe(magnitudes: frame.base, stream: group)
      }
    }
  }

  /// Makes magnitudes of a row's real and imaginary parts, and moves them up to those of the rows before.
  @_noLocks
  private mutating func measure(_ row: Int) {
    let (real, imaginary) = unsafe (frame.base + 2 &* row &* modelBins, frame.base + (2 &* row &+ 1) &* modelBins)
    let magnitudes = unsafe frame.base + row &* modelBins
    for bin in 0..<modelBins {
      unsafe magnitudes[bin] = rt_sqrt(real[bin] * real[bin] + imaginary[bin] * imaginary[bin])
    }
  }

  @_noLocks @unsafe
  mutating func estimate(into target: UnsafeMutablePointer<Float>) {
    unsafe network.estimate(into: result.base)
    unsafe put(into: target)
  }

  /// Sends the newest frame through layers that look ahead by themselves, and so give each result a number of runs later:
  /// a run left out would move what comes by a frame.
  @_noLocks
  mutating func advance() {
    if looksAhead { network.advance() }
  }

  /// Keeps the newest frame as number `slot` of a batch.
  @_noLocks
  mutating func collect(_ slot: Int) { network.collect(slot) }

  /// Sends the batch through the layers.
  @_noLocks
  mutating func run() { network.run() }

  /// As ``estimate(into:)``, for number `slot` of the batch.
  @_noLocks @unsafe
  mutating func result(_ slot: Int, into target: UnsafeMutablePointer<Float>) {
    unsafe network.result(slot, into: result.base)
    unsafe put(into: target)
  }

  @_noLocks @unsafe
  private func put(into target: UnsafeMutablePointer<Float>) {
    for group in 0..<groups.count {
      let own = unsafe result.base + group &* network.width
      for row in 0..<groups.planes(of: group) {
        let plane = groups.firstPlane(of: group) &+ row
        switch kind {
        case .mask: unsafe putMask(own + (masksRows ? row &* modelBins : 0), to: target + plane &* bins)
        case .spectrum: unsafe putSpectrum(own, row: row, to: target + plane &* 2 &* bins)
        }
      }
    }
  }

  @_noLocks
  mutating func reset() {
    network.reset()
  }

  /// Writes what one row of a network hears, the mean of some channels, to its real and imaginary parts.
  ///
  /// Above a graph's band there is nothing to hear, nor where a row is of no channel.
  @_noLocks @unsafe
  private mutating func gather(_ spectra: UnsafePointer<Float>, group: Int, row: Int) {
    let channels = groups.channels(of: group, row: row)
    let factor = 1 / (windowSum * Float(max(channels.count, 1)))
    let (real, imaginary) = unsafe (frame.base + 2 &* row &* modelBins, frame.base + (2 &* row &+ 1) &* modelBins)
    if channels.count == 1 {
      let own = unsafe spectra + channels.lowerBound &* stride
      unsafe rt_complex_apart(own, factor, real, imaginary, min(bins, modelBins))
      return
    }
    for bin in 0..<min(bins, modelBins) {
      var (a, b): (Float, Float) = (0, 0)
      for channel in channels.lowerBound..<channels.upperBound {
        unsafe a += spectra[channel &* stride &+ 2 &* bin]
        unsafe b += spectra[channel &* stride &+ 2 &* bin &+ 1]
      }
      unsafe real[bin] = a * factor
      unsafe imaginary[bin] = b * factor
    }
  }

  @_noLocks @unsafe
  private func putMask(_ mask: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
    let known = min(bins, modelBins)
    unsafe rt_copy(mask, target, known)
    let above = unsafe aboveBand.mask(below: mask, count: modelBins)
    for bin in known..<bins { unsafe target[bin] = above }
  }

  @_noLocks @unsafe
  private func putSpectrum(
    _ spectrum: UnsafePointer<Float>, row: Int, to target: UnsafeMutablePointer<Float>
  ) {
    let known = min(bins, modelBins)
    let (real, imaginary) = unsafe (spectrum + 2 &* row &* modelBins, spectrum + (2 &* row &+ 1) &* modelBins)
    unsafe rt_complex_together(real, imaginary, windowSum, target, known)
    unsafe rt_clear(target + 2 &* known, 2 &* (bins &- known))
  }
}

/// Which channels a network hears together, and for which planes it estimates.
///
/// A model of one channel hears the mean of all of them, or each by itself; a model of two hears them in pairs, a last
/// single one with both ears, or as mid alone.
struct ChannelGroups: Sendable {
  /// How many networks there are.
  let count: Int
  /// How many channels a network hears.
  let heard: Int
  private let all: Int
  private let mean: Bool
  private let hearsOneTwice: Bool

  /// - Parameter hearsOneTwice: Whether a last single channel is heard in every row, and not in the first alone.
  init(channels: Int, planes: Int, heard: Int, hearsOneTwice: Bool) {
    self.heard = heard
    self.hearsOneTwice = hearsOneTwice
    all = channels
    mean = heard == 1 && planes == 1
    count = heard == 2 ? (channels + 1) / 2 : planes
  }

  /// The channels whose mean is the `row`-th that network `group` hears.
  @_noLocks
  func channels(of group: Int, row: Int) -> Range<Int> {
    if mean { return 0..<all }
    let channel = group &* heard &+ row
    if channel < all { return channel..<channel &+ 1 }
    return hearsOneTwice ? all &- 1..<all : all..<all
  }

  /// How many planes network `group` estimates for.
  @_noLocks
  func planes(of group: Int) -> Int { mean ? 1 : min(heard, all &- group &* heard) }

  /// The first of them.
  @_noLocks
  func firstPlane(of group: Int) -> Int { group &* heard }
}
