internal import CRealtime
internal import Realtime
public import Spectral

/// The half of a separator that never waits: samples in, analysis, masks applied, overlap-add, voice out.
///
/// The way of a sample: input timeline, spectrum, the spectrum line where it waits for its mask, voice
/// timeline. What the mask thread has not delivered when a frame is due is replaced by the last mask, so a slow network
/// makes the separation stale and never the sound. Voice plus (delayed input minus voice) is the input by construction.
///
/// Build one with ``SeparatorParts``. Not for use from two threads: the other half is ``MaskEstimation``.
@safe
public struct Separator: ~Copyable, @unchecked Sendable {
  /// What a call does about masks that are not there yet.
  public enum Pace: Sendable {
    /// Goes on without them, as the sound must.
    case live
    /// As live, and nothing is connected to the input: frames without a sound are not estimated, and the estimator
    /// begins anew with the first that has one.
    case idle
    /// Waits for every one: nothing plays in real time, and the result must not depend on the machine.
    case offline
  }

  /// How many samples ``process(input:voice:dry:offset:count:pace:)`` takes at once.
  public let largestCount: Int
  /// The number of channels.
  public let channels: Int
  /// The declared latency.
  public let latency: Latency
  /// Where the frames lie.
  public let grid: Grid

  /// Frames put out so far.
  public internal(set) var frames = 0
  /// Frames put out with a mask that was not their own, since theirs was late.
  public internal(set) var lateFrames = 0
  /// Samples that came in as NaN, infinite or beyond any sound, and were taken as zero.
  public internal(set) var nonFiniteSamples = 0

  var input: Timeline
  var voice: Timeline
  var line: SpectrumLine
  var analyser: Analyser
  var synthesiser: Synthesiser
  let gains: SampleBuffer
  var masks: SampleBuffer
  var scratch: SampleBuffer
  let planes: Int
  let bins: Int
  /// Whether masks are complex ratios, two floats a bin.
  let isComplex: Bool
  /// The channels that are heard as mid and side: so are they kept in the line.
  let midSide: MidSide
  var lateness: Lateness
  var stemFactor: Float = 1

  var spectra: FrameProducer
  var estimated: FrameConsumer
  let request: WakeHandle
  let arrival: WakeHandle
  let inline: UnsafeMutablePointer<MaskEstimation>?
  /// What the two handles point into; only kept alive, since touching it would count references.
  let owners: [Wake]

  /// Samples received.
  var position = 0
  /// Where in the stream the grid begins, and the number of the frame that begins there.
  var origin = 0
  var firstFrame = 0
  /// The next frames to analyse and to synthesise.
  var analysed = 0
  var synthesised = 0
  /// The stream position after the last sample that was not zero.
  var soundEnd = Int.min / 2
  /// 1 for each of the last frames that went to the estimator, 0 for one that did not.
  var asked: SampleBuffer
  /// How many frames after a frame its mask is known.
  let lookAhead: Int
  /// Whether frames are kept from the estimator.
  var isResting = false

  deinit { unsafe MaskEstimation.free(inline) }

  /// Whether the last frame had to do with an older mask.
  public var isLate: Bool { @_noLocks get { lateness.lateRun > 0 } }

  /// Takes the next samples of every channel, and gives the voice and the input from ``latency`` samples ago.
  ///
  /// - Parameters:
  ///   - input: One pointer a channel.
  ///   - voice: One pointer a channel, for the voice.
  ///   - dry: One pointer a channel, for the delayed input.
  ///   - offset: Where in the input's channels to begin.
  ///   - count: How many samples, at most ``largestCount``.
  ///   - pace: Whether to wait for masks.
  /// - Real-time: Wait-free at the live pace; blocks at the offline pace.
  /// - Thread: Audio thread only.
  @_noLocks @unsafe
  public mutating func process(
    input channelsIn: UnsafePointer<UnsafePointer<Float>>, voice voiceOut: UnsafePointer<UnsafeMutablePointer<Float>>,
    dry dryOut: UnsafePointer<UnsafeMutablePointer<Float>>, offset: Int, count: Int, pace: Pace
  ) {
    precondition(count <= largestCount)
    if pace == .offline && soundEnd <= origin && position != origin { unsafe rebase() }
    unsafe receive(channelsIn, offset: offset, count: count)
    position &+= count
    unsafe analyse(pace: pace)
    unsafe synthesise(before: position &- latency.samples, reach: count, pace: pace)
    unsafe putOut(voiceOut, dryOut, at: position &- latency.samples &- count, count: count)
  }

  /// Copies the input to its timeline, with what is no sound taken as zero.
  @_noLocks @unsafe
  private mutating func receive(_ input: UnsafePointer<UnsafePointer<Float>>, offset: Int, count: Int) {
    for channel in 0..<channels {
      let source = unsafe input[channel] + offset
      for i in 0..<count {
        let sample = unsafe source[i]
        // 240 dB over full scale: a number whose spectrum could overflow is no more a sound than NaN is.
        let usable = Self.isSound(sample)
        unsafe scratch.base[i] = usable ? sample : 0
        nonFiniteSamples &+= usable ? 0 : 1
        if usable && sample != 0 { soundEnd = max(soundEnd, position &+ i &+ 1) }
      }
      unsafe self.input.write(scratch.base, count: count, channel: channel, at: position)
    }
  }

  /// Whether a sample is one: finite, and not beyond any sound.
  @_noLocks
  static func isSound(_ sample: Float) -> Bool { sample.magnitude < 1e12 }

  /// The stream position after the last sample of a frame.
  @_noLocks
  private func end(of frame: Int) -> Int { origin &+ grid.end(of: frame &- firstFrame) }

  /// Transforms every frame that is now complete and hands it to the estimator.
  @_noLocks @unsafe
  private mutating func analyse(pace: Pace) {
    let stride = Transform.stride(bins: bins)
    while end(of: analysed) <= position {
      for channel in 0..<channels {
        unsafe analyser.analyse(
          input, channel: channel, end: end(of: analysed), into: line.spectrum(frame: analysed, channel: channel))
      }
      unsafe midSide.turn(line.spectrum(frame: analysed, channel: 0))
      let rests = pace == .idle && isSilent(frame: analysed)
      if isResting && !rests { unsafe startAgain(pace: pace) }
      isResting = rests
      unsafe (asked.base + analysed % asked.count).pointee = rests ? 0 : 1
      if !rests, let frame = unsafe place(pace: pace) {
        unsafe rt_copy(line.spectrum(frame: analysed, channel: 0), frame, channels &* stride)
        spectra.publish(number: analysed)
        unsafe wakeEstimation()
      }
      analysed &+= 1
    }
    unsafe runInline()
  }

  /// Whether a frame has no sound in it, nor is one that the estimator looks ahead to from a frame with sound.
  @_noLocks
  private func isSilent(frame: Int) -> Bool {
    end(of: frame) &- grid.window &- (lookAhead &+ 1) &* grid.longestHop >= soundEnd
  }

  /// Whether the estimator was given all that it needs for the masks of a frame.
  @_noLocks
  private func isExpected(frame: Int) -> Bool {
    for needed in frame...(frame &+ lookAhead) where unsafe asked.base[needed % asked.count] == 0 { return false }
    return true
  }

  /// Tells the estimator to forget what came before.
  @_noLocks @unsafe
  private mutating func startAgain(pace: Pace) {
    if unsafe place(pace: pace) != nil {
      spectra.publish(number: MaskEstimation.reset)
      unsafe wakeEstimation()
    }
  }

  /// Finds room for a frame on its way to the estimator.
  ///
  /// A live stream goes on without: the frame will be late.
  @_noLocks @unsafe
  private mutating func place(pace: Pace) -> UnsafeMutablePointer<Float>? {
    var patience = 10_000
    while true {
      if let frame = unsafe spectra.reserve() { return unsafe frame }
      unsafe runInline()
      guard pace == .offline, patience > 0 else { return nil }
      patience &-= 1
      _ = arrival.waitOffline(nanoseconds: 1_000_000)
    }
  }

  @_noLocks @unsafe
  private func wakeEstimation() {
    if unsafe inline == nil { request.post() }
  }

  /// Has all waiting frames estimated, where that is done on this thread.
  @_noLocks @unsafe
  private func runInline() {
    guard let inline = unsafe inline else { return }
    while true {
      if case .idle = unsafe inline.pointee.step() { return }
    }
  }

  /// Puts every frame that reaches into the sound before `limit` on the voice timeline.
  @_noLocks @unsafe
  private mutating func synthesise(before limit: Int, reach: Int, pace: Pace) {
    let stride = 2 &* bins
    while synthesised < analysed, end(of: synthesised) &- grid.synthesisSupport < limit {
      // What rests is silent under any mask.
      let fresh = unsafe !isExpected(frame: synthesised) || fetchMask(pace: pace)
      lateness.frame(late: !fresh)
      frames &+= 1
      lateFrames &+= fresh ? 0 : 1
      if isComplex, lateness.lateRun == 1 { limitHeldRatios() }
      for channel in 0..<channels {
        let spectrum = unsafe line.spectrum(frame: synthesised, channel: channel)
        let mask = unsafe masks.base + (planes == 1 ? 0 : channel &* masks.count / planes)
        let factor = lateness.maskFactor
        if midSide.contains(channel) {
          unsafe midSide.voice(
            of: channel, from: line.spectrum(frame: synthesised, channel: 0), masks: masks.base, factor: factor,
            into: scratch.base)
        } else if isComplex {
          for bin in 0..<bins {
            let (a, b) = unsafe (spectrum[2 &* bin], spectrum[2 &* bin &+ 1])
            let (c, d) = unsafe (mask[2 &* bin] * factor, mask[2 &* bin &+ 1] * factor)
            unsafe scratch.base[2 &* bin] = a * c - b * d
            unsafe scratch.base[2 &* bin &+ 1] = a * d + b * c
          }
        } else {
          for i in 0..<stride { unsafe scratch.base[i] = spectrum[i] * (mask[i &>> 1] * factor) }
        }
        unsafe synthesiser.synthesise(
          scratch.base, onto: &voice, channel: channel, end: end(of: synthesised), earliest: limit &- reach)
      }
      synthesised &+= 1
    }
    estimated.await(number: synthesised)
  }

  /// Brings the masks of the frame to be synthesised, or the newest older ones; true when they are its own.
  @_noLocks @unsafe
  private mutating func fetchMask(pace: Pace) -> Bool {
    var patience = 10_000
    while true {
      while let number = estimated.nextNumber(), number <= synthesised {
        if number >= firstFrame { unsafe rt_copy(estimated.frame(), masks.base, masks.count) }
        estimated.discard()
        if number == synthesised { return true }
      }
      guard pace == .offline, unsafe inline == nil, patience > 0 else { return false }
      patience &-= 1
      _ = arrival.waitOffline(nanoseconds: 1_000_000)
    }
  }

  /// Takes held ratios back to a magnitude of 1.
  ///
  /// Above that they tell of a mixture that cancelled itself in its own frame; the next one may not, and the voice would
  /// be louder than the sound that it is a part of.
  @_noLocks
  private mutating func limitHeldRatios() {
    for index in 0..<masks.count / 2 {
      let (real, imaginary) = unsafe (masks.base[2 &* index], masks.base[2 &* index &+ 1])
      let magnitude = rt_sqrt(real * real + imaginary * imaginary)
      if magnitude > 1 {
        unsafe masks.base[2 &* index] = real / magnitude
        unsafe masks.base[2 &* index &+ 1] = imaginary / magnitude
      }
    }
  }

  /// Takes the finished voice and the input of the same moment from their timelines.
  @_noLocks @unsafe
  private mutating func putOut(
    _ voiceOut: UnsafePointer<UnsafeMutablePointer<Float>>, _ dryOut: UnsafePointer<UnsafeMutablePointer<Float>>,
    at start: Int, count: Int
  ) {
    var phase = (start &- origin) % grid.patternSamples
    if phase < 0 { phase &+= grid.patternSamples }
    let step = (lateness.stemFactor - stemFactor) / Float(max(count, 1))
    for channel in 0..<channels {
      let (voiceSamples, drySamples) = unsafe (voiceOut[channel], dryOut[channel])
      unsafe voice.take(voiceSamples, count: count, channel: channel, at: start)
      unsafe input.read(drySamples, count: count, channel: channel, at: start)
      var at = phase
      for i in 0..<count {
        unsafe voiceSamples[i] *= gains.base[at]
        at &+= 1
        if at == grid.patternSamples { at = 0 }
      }
      if step != 0 || stemFactor != 1 {
        for i in 0..<count {
          let factor = stemFactor + step * Float(i &+ 1)
          unsafe voiceSamples[i] *= factor
          unsafe drySamples[i] *= factor
        }
      }
    }
    stemFactor = lateness.stemFactor
  }

  /// Begins anew at the present position, as if the stream began here.
  ///
  /// While an offline stream has been silent its grid moves along, so that an export does not depend on how many silent
  /// periods the server ran before it.
  @_noLocks @unsafe
  private mutating func rebase() {
    unsafe startAgain(pace: .offline)
    isResting = false
    origin = position
    firstFrame = analysed
    synthesised = analysed
    // Nobody will ask for the masks of the frames before: left where they are, they would fill the ring, and an offline
    // stream would wait in vain for the masks that found no room.
    estimated.await(number: synthesised)
    while let number = estimated.nextNumber(), number < firstFrame { estimated.discard() }
  }

  /// Forgets timelines, masks and the estimator's state, and begins the frame grid anew with the next sample.
  ///
  /// - Real-time: Waits for the mask thread to take notice; for the change between live and freewheel only.
  /// - Thread: Audio thread only.
  @_noLocks
  public mutating func reset() {
    input.clear()
    voice.clear()
    masks.clear()
    unsafe rebase()
  }
}
