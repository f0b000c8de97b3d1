public import Realtime
internal import Spectral

/// A separator as it is built: its audio half, and its estimating half where that has a thread of its own.
///
/// The halves are constants, to be taken out and then used: with setters that other modules may inline, the optimiser
/// of Swift 6.3 crashes.
@frozen
public struct SeparatorParts: ~Copyable {
  /// The half that runs on the audio thread.
  public let separator: Separator
  /// The half for a mask thread; `nil` in the inline drive, where the separator keeps it.
  public let estimation: MaskEstimation?

  /// Builds a separator from checked settings.
  ///
  /// - Parameters:
  ///   - settings: What the preset says.
  ///   - rate: The rate of the stream in Hz.
  ///   - channels: The number of channels, 1 or more.
  ///   - period: The largest number of samples handed over at once that the latency is computed for.
  ///   - slack: What the mask thread gets in hand, in samples; `nil` runs the estimator inline, with nothing in hand.
  ///   - padding: Samples added to the latency to reach a pinned one.
  ///   - batch: The most frames that may be estimated together; more than 1 only where time does not press.
  ///   - request: Woken when a frame waits for the estimator.
  ///   - arrival: Woken when a mask has been delivered.
  /// - Real-time: Not real-time: allocates.
  public init(
    settings: SeparatorSettings, dial: MaskDial? = nil, rate: Int, channels: Int, period: Int, slack: Int?,
    padding: Int = 0, batch: Int = 1, request: Wake, arrival: Wake
  ) {
    let grid = settings.grid(rate: rate)
    let estimator = Estimator(
      settings: settings, grid: grid, windows: Windows(grid: grid), channels: channels, rate: rate, batch: batch)
    self.init(
      estimator: estimator, settings: settings, dial: dial, rate: rate, channels: channels, period: period,
      slack: slack,
      padding: padding, request: request, arrival: arrival)
  }

  /// Builds a separator around an estimator, whatever the settings say of a method.
  init(
    estimator: consuming Estimator, settings: SeparatorSettings, dial: MaskDial? = nil, rate: Int, channels: Int,
    period: Int, slack: Int?, padding: Int = 0, request: Wake, arrival: Wake
  ) {
    let grid = settings.grid(rate: rate)
    let windows = Windows(grid: grid)
    let kind = settings.phase == .mixture ? .mask : estimator.kind
    let lookAhead = estimator.lookAhead(settings)
    let delay = lookAhead + settings.cadence.lookAhead
    let latency = Latency(
      grid: grid, period: period, rate: rate, lookAheadFrames: delay, slack: slack ?? 0, padding: padding)
    let hop = grid.patternSamples / grid.patternFrames
    let inFlight = (latency.samples + grid.window + 2 * period) / hop + delay + 4
    let planes = settings.planes(channels: channels)
    let spectra = FrameRing(width: channels * Transform.stride(bins: grid.bins), capacity: inFlight)
    let maskWidth = planes * grid.bins * kind.floatsABin
    let masks = FrameRing(width: maskWidth, capacity: inFlight)
    let ratio =
      switch estimator.kind {
      case .mask: Optional<ComplexRatio>.none
      case .spectrum: ComplexRatio(planes: planes, channels: channels, bins: grid.bins, lookAhead: lookAhead)
      }
    let shaper = MaskShaper(
      settings.mask, dial: dial ?? settings.threshold.map(MaskDial.init(threshold:)), planes: planes,
      channels: channels, bins: grid.bins,
      binWidth: Double(rate) / Double(grid.window),
      hop: grid.meanHop / Double(rate) * Double(settings.cadence.every), lookAhead: lookAhead,
      midSide: settings.midSidePairs(channels: channels) > 0)
    let half = MaskEstimation(
      estimator: estimator, ratio: ratio, phase: settings.phase, shaper: shaper, cadence: settings.cadence,
      spectra: spectra.consumer,
      masks: masks.producer, arrival: arrival, lookAhead: lookAhead,
      frameWidth: channels * Transform.stride(bins: grid.bins), maskWidth: maskWidth)
    let inline: UnsafeMutablePointer<MaskEstimation>?
    if slack == nil {
      unsafe inline = MaskEstimation.box(half)
      estimation = nil
    } else {
      unsafe inline = nil
      estimation = consume half
    }
    separator = unsafe Separator(
      largestCount: period, channels: channels, latency: latency, grid: grid,
      input: Timeline(channels: channels, reach: latency.samples + grid.window + 2 * period),
      voice: Timeline(channels: channels, reach: latency.samples + grid.window + 2 * period),
      line: SpectrumLine(frames: inFlight, channels: channels, bins: grid.bins),
      analyser: Analyser(windows: windows), synthesiser: Synthesiser(windows: windows),
      gains: SampleBuffer(windows.gains), masks: SampleBuffer(count: maskWidth),
      scratch: SampleBuffer(count: max(Transform.stride(bins: grid.bins), period)),
      planes: planes, bins: grid.bins, isComplex: kind.floatsABin == 2,
      midSide: MidSide(pairs: settings.midSidePairs(channels: channels), bins: grid.bins),
      lateness: Lateness(policy: settings.late, hop: grid.meanHop / Double(rate)),
      spectra: spectra.producer, estimated: masks.consumer, request: request.handle(), arrival: arrival.handle(),
      inline: inline, owners: [request, arrival], asked: SampleBuffer(count: inFlight), lookAhead: delay)
  }
}

extension MaskEstimation {
  static func box(_ estimation: consuming MaskEstimation) -> UnsafeMutablePointer<MaskEstimation> {
    let box = UnsafeMutablePointer<MaskEstimation>.allocate(capacity: 1)
    unsafe box.initialize(to: estimation)
    return unsafe box
  }

  static func free(_ box: UnsafeMutablePointer<MaskEstimation>?) {
    guard let box = unsafe box else { return }
    unsafe box.deinitialize(count: 1)
    unsafe box.deallocate()
  }
}
