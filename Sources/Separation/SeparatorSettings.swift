public import Network
public import Spectral

/// Everything a preset says about how to separate, checked and ready to build a ``Separator`` from.
public struct SeparatorSettings: Sendable {
  /// What finds the voice in a frame.
  public var method: Method
  /// The frames of a method that has no trained grid of its own; a network brings its grid.
  public var framing: Framing
  /// Whether one mask serves all channels or each channel has its own.
  public var channels: MaskChannels
  /// What is heard of an estimator that gives the voice's spectrum; of one that gives masks, nothing else than they say.
  public var phase: VoicePhase
  /// How often the estimator takes its step.
  public var cadence: Cadence
  /// What becomes of every mask.
  public var mask: MaskShape
  /// What happens above the highest bin that the estimator knows.
  public var aboveBand: AboveBand
  /// What happens when masks come too late.
  public var late: LatePolicy

  /// Puts checked values together.
  public init(
    method: Method, framing: Framing = Framing(), channels: MaskChannels = .mid, phase: VoicePhase = .own,
    cadence: Cadence = Cadence(), mask: MaskShape = MaskShape(),
    aboveBand: AboveBand = AboveBand(), late: LatePolicy = LatePolicy()
  ) {
    self.method = method
    self.framing = framing
    self.channels = channels
    self.phase = phase
    self.cadence = cadence
    self.mask = mask
    self.aboveBand = aboveBand
    self.late = late
  }
}

extension SeparatorSettings {
  /// The frames of this method at `rate` Hz: a network's own grid met at that rate, or the preset's framing.
  public func grid(rate: Int) -> Grid {
    switch method {
    case .network(let model):
      let trained = model.description.grid
      return Grid(
        window: trained.window, hop: trained.hop, modelRate: trained.rate, rate: rate, pair: trained.shape.pair)
    case .nmf(let dictionary, _):
      let trained = dictionary.description
      return Grid(window: trained.window, hop: trained.hop, modelRate: trained.rate, rate: rate)
    case .centre, .adress, .hpss, .repet, .ica, .gmm, .passthrough:
      return framing.grid(rate: rate)
    }
  }

  /// How many frames after a frame its mask is known: the method's own view into the future, and the cadence's.
  public var lookAhead: Int {
    switch method {
    case .network(let model): model.description.lookAhead + cadence.lookAhead
    case .hpss(let settings): settings.lookAhead + cadence.lookAhead
    case .centre, .adress, .nmf, .repet, .ica, .gmm, .passthrough: cadence.lookAhead
    }
  }

  /// What a network's layers are arranged for; every other method is as it is live.
  public var arrangement: ModelDescription.Arrangement {
    guard case .network(let model) = method else { return .live }
    return model.description.arrangement
  }

  /// After how many steps of the estimator what they cost repeats itself: a network may have layers that seldom run.
  public var cycle: Int {
    guard case .network(let model) = method else { return 1 }
    return model.description.cycle
  }

  /// Where masks change from 0 to 1: what the preset says, or the middle where a network gives probabilities; `nil` for
  /// masks that are soft.
  public var threshold: Float? {
    if let threshold = mask.threshold { return threshold }
    if case .network(let model) = method, model.description.output.mask == .probabilistic { return 0.5 }
    return nil
  }

  /// How many of so many channels are heard, and masked, as mid and side of a pair.
  func midSidePairs(channels: Int) -> Int {
    guard case .network(let model) = method, model.description.input.feature == .midSide else { return 0 }
    return channels / 2
  }

  /// How many masks, or voice spectra, a frame has.
  func planes(channels: Int) -> Int {
    if case .network(let model) = method, model.description.input.channels > 1 { return channels }
    return self.channels == .mid ? 1 : channels
  }
}

extension ModelDescription.WindowShape {
  /// The windows of this shape.
  fileprivate var pair: WindowPair {
    switch self {
    case .squareRootHann: .squareRootHann
    case .hann: .hann
    case .lowDelay: .lowDelay
    case .lowDelayHann: .lowDelayHann
    }
  }
}

/// What finds the voice in a frame.
public enum Method: Sendable {
  /// A trained network.
  case network(Model)
  /// What stands in the middle of the stereo image.
  case centre(CentreSettings)
  /// What cancels out between the channels at equal gains.
  case adress(ADRessSettings)
  /// What is too lively for a steady note and too long for a drum.
  case hpss(HPSSSettings)
  /// What spectra of voices contribute.
  case nmf(SpectralDictionary, NMFSettings)
  /// What was not heard before.
  case repet(REPETSettings)
  /// The one of two independent sources that stands nearer to the middle.
  case ica(ICASettings)
  /// What a mixture of Gaussians on stereo position gives to the middle.
  case gmm(GMMSettings)
  /// A mask of ones: everything is voice. For null tests and for measuring the path itself.
  case passthrough

  /// What a preset file calls it.
  public var name: String {
    switch self {
    case .network: "network"
    case .centre: "centre"
    case .adress: "adress"
    case .hpss: "hpss"
    case .nmf: "nmf"
    case .repet: "repet-sim"
    case .ica: "ica"
    case .gmm: "gmm"
    case .passthrough: "passthrough"
    }
  }
}

/// Window and hop of a method without a trained grid.
public struct Framing: Sendable, Equatable {
  /// Window length in samples.
  public var window: Int
  /// Hop in samples.
  public var hop: Int
  /// The windows' shapes.
  public var pair: WindowPair
  /// The rate that both are meant at, in Hz: a graph of another rate has windows and hops of the same duration.
  ///
  /// Without it they are samples at the rate of the graph, whatever that is.
  public var rate: Int?

  /// 1024/256 square-root Hann at the rate of the graph unless told otherwise.
  public init(window: Int = 1024, hop: Int = 256, pair: WindowPair = .squareRootHann, rate: Int? = nil) {
    self.window = window
    self.hop = hop
    self.pair = pair
    self.rate = rate
  }

  /// The frames in a graph of `rate` Hz.
  func grid(rate: Int) -> Grid {
    guard let own = self.rate else { return Grid(window: window, hop: hop, pair: pair) }
    return Grid(window: window, hop: hop, modelRate: own, rate: rate, pair: pair)
  }
}

/// Whether one mask serves all channels or each channel has its own.
public enum MaskChannels: String, Sendable, CaseIterable {
  /// One mask, estimated from the mean of all channels, applied to each of them.
  case mid
  /// A mask a channel, each estimated from that channel alone.
  case each
}

/// What stands in for a mask that did not come in time.
public struct LatePolicy: Sendable, Equatable {
  /// What is faded to when lateness lasts.
  public enum Choice: String, Sendable, CaseIterable {
    /// The last mask stays.
    case hold
    /// The mask goes to zero: the untouched mixture in the accompaniment, a silent voice.
    case dry
    /// Both stems go silent.
    case mute
  }

  /// What is faded to when lateness lasts.
  public var choice: Choice
  /// How long the last mask is held before the fade, in seconds.
  public var holdSeconds: Double
  /// How long the fade takes, in seconds.
  public var fadeSeconds: Double

  /// Holds for 0.25 s, then fades within 0.1 s to `choice`.
  public init(choice: Choice = .hold, holdSeconds: Double = 0.25, fadeSeconds: Double = 0.1) {
    self.choice = choice
    self.holdSeconds = holdSeconds
    self.fadeSeconds = fadeSeconds
  }
}

/// The centre soft mask `max(0, 1 - |L - R| / (|L| + |R|))^exponent` and the band in which it listens.
public struct CentreSettings: Sendable, Equatable {
  /// How sharply the mask falls away from the middle.
  public var exponent: Float
  /// Below this many hertz everything is accompaniment.
  public var lowest: Double
  /// Above this many hertz everything is accompaniment.
  public var highest: Double

  /// Exponent 2 between 150 Hz and 8 kHz unless told otherwise.
  public init(exponent: Float = 2, lowest: Double = 150, highest: Double = 8000) {
    self.exponent = exponent
    self.lowest = lowest
    self.highest = highest
  }
}
