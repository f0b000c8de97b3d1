internal import CRealtime
internal import Realtime
internal import Spectral

/// Both stages of ``HPSSEstimator`` for one sound: spectra on the preset's grid in, masks on it out.
struct HPSSVoice: ~Copyable, Sendable {
  private let settings: HPSSSettings
  private let grid: Grid
  private let longGrid: Grid
  private let bins: Int
  private let longBins: Int

  private let transform: Transform
  /// One divided by the analysis window over the newest hop.
  private let unwindow: SampleBuffer
  private let segment: SampleBuffer
  private var input: Timeline

  private var longAnalyser: Analyser
  private var longSynthesiser: Synthesiser
  private let longGains: SampleBuffer
  private var longStage: HPSSStage
  /// The spectra of the long frames that wait for their shares.
  private let longSpectra: SampleBuffer
  private let longSpectrum: SampleBuffer
  private let longMagnitudes: SampleBuffer
  private let longShares: SampleBuffer
  private var overlapped: Timeline
  private var broad: Timeline

  private var shortAnalyser: Analyser
  private var shortStage: HPSSStage
  private let spectrum: SampleBuffer
  /// The magnitudes of the input's frames that wait for their masks, and of the broad part's frames.
  private let magnitudes: SampleBuffer
  private let broadMagnitudes: SampleBuffer
  private let shares: SampleBuffer

  private var frame = 0

  /// Prepares for frames of `grid`, analysed with `windows`.
  ///
  /// - Real-time: Not real-time: allocates.
  init(settings: HPSSSettings, grid: Grid, windows: Windows) {
    self.settings = settings
    self.grid = grid
    bins = grid.bins
    // The low-delay pair gives the broad part back after two of its hops, not after a whole long window.
    longGrid = grid.every(settings.hop, window: grid.window * settings.window, pair: .lowDelay)
    longBins = longGrid.bins
    transform = Transform(size: grid.window)
    unwindow = SampleBuffer(windows.analysis.suffix(grid.longestHop).map { 1 / $0 })
    segment = SampleBuffer(count: max(grid.window, longGrid.longestHop))
    let longWindows = Windows(grid: longGrid)
    let reach = longGrid.window + (settings.lookAhead + 4) * grid.longestHop + longGrid.synthesisSupport
    input = Timeline(channels: 1, reach: reach)
    overlapped = Timeline(channels: 1, reach: reach)
    broad = Timeline(channels: 1, reach: reach)
    longAnalyser = Analyser(windows: longWindows)
    longSynthesiser = Synthesiser(windows: longWindows)
    longGains = SampleBuffer(longWindows.gains)
    longStage = HPSSStage(settings.long, bins: longBins)
    longSpectra = SampleBuffer(count: (settings.long.lookAhead + 1) * Transform.stride(bins: longBins))
    longSpectrum = SampleBuffer(count: Transform.stride(bins: longBins))
    longMagnitudes = SampleBuffer(count: longBins)
    longShares = SampleBuffer(count: longBins)
    shortAnalyser = Analyser(windows: windows)
    shortStage = HPSSStage(settings.short, bins: bins)
    spectrum = SampleBuffer(count: Transform.stride(bins: bins))
    magnitudes = SampleBuffer(count: (settings.lookAhead + 1) * bins)
    broadMagnitudes = SampleBuffer(count: (settings.short.lookAhead + 1) * bins)
    shares = SampleBuffer(count: bins)
  }

  /// Takes the next spectrum, and brings both stages up to date.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>, plane: Int, source: MaskSource) {
    unsafe source.spectrum(plane, of: spectra, count: bins, into: spectrum.base)
    unsafe Self.measure(spectrum.base, into: magnitudes.base + frame % (settings.lookAhead &+ 1) &* bins, count: bins)
    unsafe hear()
    frame &+= 1
    if frame % settings.hop == 0 { unsafe runLong(frame / settings.hop &- 1) }
    if frame > settings.longLag { unsafe runShort(frame &- 1 &- settings.longLag) }
  }

  /// Writes the mask of the frame observed `lookAhead` frames ago: what lasts of its broad part, as a share of it.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func estimate(into mask: UnsafeMutablePointer<Float>) {
    let wanted = frame &- 1 &- settings.lookAhead
    let whole = unsafe magnitudes.base + max(wanted, 0) % (settings.lookAhead &+ 1) &* bins
    let part = unsafe broadMagnitudes.base + max(wanted, 0) % (settings.short.lookAhead &+ 1) &* bins
    for bin in 0..<bins {
      let share = unsafe whole[bin] > 0 ? min(1, part[bin] / whole[bin]) : 0
      unsafe mask[bin] = share * shares.base[bin]
    }
  }

  /// Forgets the stream.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func reset() {
    input.clear()
    overlapped.clear()
    broad.clear()
    longStage.reset()
    shortStage.reset()
    unsafe rt_clear(longSpectra.base, longSpectra.count)
    unsafe rt_clear(magnitudes.base, magnitudes.count)
    unsafe rt_clear(broadMagnitudes.base, broadMagnitudes.count)
    unsafe rt_clear(shares.base, shares.count)
    frame = 0
  }

  /// Brings the newest samples back out of their spectrum: all of the hop, and at once, since dividing by the analysis
  /// window needs no other frame.
  @_noLocks @unsafe
  private mutating func hear() {
    unsafe transform.inverse(spectrum.base, into: segment.base)
    let end = grid.end(of: frame)
    let count = end &- (frame == 0 ? 0 : grid.end(of: frame &- 1))
    let newest = unsafe segment.base + (grid.window &- count)
    let factors = unsafe unwindow.base + (unwindow.count &- count)
    for i in 0..<count { unsafe newest[i] *= factors[i] }
    unsafe input.write(newest, count: count, channel: 0, at: end &- count)
  }

  /// Analyses long frame `number`, and puts the broad part of the one that can now be judged back into sound.
  @_noLocks @unsafe
  private mutating func runLong(_ number: Int) {
    let stride = Transform.stride(bins: longBins)
    let places = settings.long.lookAhead &+ 1
    let newest = unsafe longSpectra.base + number % places &* stride
    unsafe longAnalyser.analyse(input, channel: 0, end: longGrid.end(of: number), into: newest)
    unsafe Self.measure(newest, into: longMagnitudes.base, count: longBins)
    unsafe longStage.step(longMagnitudes.base, into: longShares.base)
    let judged = number &- settings.long.lookAhead
    guard judged >= 0 else { return }
    let spectrum = unsafe longSpectra.base + judged % places &* stride
    for i in 0..<2 &* longBins { unsafe longSpectrum.base[i] = spectrum[i] * (1 - longShares.base[i &>> 1]) }
    let end = longGrid.end(of: judged)
    unsafe longSynthesiser.synthesise(
      longSpectrum.base, onto: &overlapped, channel: 0, end: end, earliest: end &- longGrid.synthesisSupport)
    // What no later frame reaches any more is finished.
    let finished = longGrid.end(of: judged &+ 1) &- longGrid.synthesisSupport
    let begun = end &- longGrid.synthesisSupport
    let count = finished &- begun
    let samples = unsafe segment.base
    unsafe overlapped.take(samples, count: count, channel: 0, at: begun)
    var phase = begun % longGrid.patternSamples
    if phase < 0 { phase &+= longGrid.patternSamples }
    for i in 0..<count {
      unsafe samples[i] *= longGains.base[phase]
      phase = phase &+ 1 == longGrid.patternSamples ? 0 : phase &+ 1
    }
    unsafe broad.write(samples, count: count, channel: 0, at: begun)
  }

  /// Analyses frame `number` of the broad part, and finds what lasts of it.
  @_noLocks @unsafe
  private mutating func runShort(_ number: Int) {
    unsafe shortAnalyser.analyse(broad, channel: 0, end: grid.end(of: number), into: spectrum.base)
    let newest = unsafe broadMagnitudes.base + number % (settings.short.lookAhead &+ 1) &* bins
    unsafe Self.measure(spectrum.base, into: newest, count: bins)
    unsafe shortStage.step(newest, into: shares.base)
  }

  @_noLocks @unsafe
  private static func measure(
    _ spectrum: UnsafePointer<Float>, into magnitudes: UnsafeMutablePointer<Float>, count: Int
  ) {
    for bin in 0..<count {
      let (real, imaginary) = unsafe (spectrum[2 &* bin], spectrum[2 &* bin &+ 1])
      unsafe magnitudes[bin] = rt_sqrt(real * real + imaginary * imaginary)
    }
  }
}
