public import Preset
internal import Realtime
internal import Separation
internal import Spectral

/// The control side of the live path: which preset is on, which comes next, and what they cost.
///
/// Everything slow happens here, off the audio thread: loading, measuring, building, warming, and freeing what the
/// audio side has given back. It knows no sound server; whoever does calls ``connect(rate:period:priority:)`` and
/// ``disconnect()``.
public actor Conductor {
  /// Gains, bypass, counters and meters, shared with the audio side.
  public nonisolated let board: Board
  /// What the operator has asked for, whatever the preset.
  public nonisolated let options: LiveOptions
  /// The number of channels.
  public nonisolated let channels: Int
  /// What happens, for a log and for control clients.
  public nonisolated let events: AsyncStream<LiveEvent>

  private let report: AsyncStream<LiveEvent>.Continuation
  private let library: PresetLibrary
  private var loaded: [String: Preset]
  private var preset: Preset
  private var stream: Engagement.Stream?
  private var path: LivePath?
  private var wanted: Preset?
  /// What is being built, warmed or faded in.
  private var upcoming: Preset?
  private var isSettling = false
  private var costs: [String: StepCost] = [:]
  private var overload = Overload()
  /// Judges the callback's time, where the estimator runs there: then no frame is ever late.
  private var crowding = Overload()
  /// Paths of presets that took too much of the callback; they have a thread until they are read again.
  private var crowded: Set<String> = []
  private var recovery = Recovery()
  private var isTrying = false
  private let trial: Trial
  private let measure: Measurement
  private let spent: @Sendable (Board) -> Double
  private var load = Load()
  private var refusal: String?
  private var announce: (@Sendable (_ samples: Int) async -> Void)?

  /// Tells whether a preset could be played now.
  typealias Trial = @Sendable (SeparatorSettings, Engagement.Stream, Admission) async -> Bool
  /// Tells what a step of an estimator costs at a rate, with so many channels.
  typealias Measurement = @Sendable (SeparatorSettings, _ rate: Int, _ channels: Int) async -> StepCost

  /// Begins with `preset`, which plays once a sound server is there.
  public init(library: PresetLibrary, preset: Preset, options: LiveOptions, channels: Int = 2) {
    self.init(library: library, preset: preset, options: options, channels: channels, trial: StepTrial.passes)
  }

  /// Begins with other ways to find out what a step costs, whether the machine is quiet again, and how many seconds were
  /// spent in the callback.
  init(
    library: PresetLibrary, preset: Preset, options: LiveOptions, channels: Int = 2, trial: @escaping Trial,
    measure: @escaping Measurement = StepCost.measured,
    spent: @escaping @Sendable (Board) -> Double = { $0.audioSeconds }
  ) {
    (self.trial, self.measure, self.spent) = (trial, measure, spent)
    self.library = library
    self.preset = preset
    loaded = [preset.name: preset]
    self.options = options
    self.channels = channels
    board = Board(channels: channels)
    (events, report) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256))
  }

  // MARK: - The sound server's side

  /// Builds the live path for a server that is now there.
  ///
  /// - Parameters:
  ///   - rate: The server's rate in Hz.
  ///   - period: The server's period in samples.
  ///   - priority: The real-time priority for the mask thread, or `nil` for none.
  /// - Throws: ``AdmissionError`` when neither the preset nor its fallback can play there.
  public func connect(rate: Int, period: Int, priority: Int32?) async throws(AdmissionError) -> LivePath {
    let stream = Engagement.Stream(rate: rate, period: period, channels: channels, priority: priority)
    var engaged = preset
    let engagement: Engagement
    do throws(AdmissionError) {
      engagement = try await self.engagement(of: engaged, on: stream)
    } catch let error {
      guard let name = engaged.fallback, let fallback = try? await load(name) else { throw error }
      refuse(engaged.name, "\(error)")
      engagement = try await self.engagement(of: fallback, on: stream)
      if preset.path == engaged.path {
        recovery.fallBack(from: engaged.name)
        preset = fallback
      }
      engaged = fallback
    }
    let path = LivePath(first: engagement, board: board)
    self.stream = stream
    self.path = path
    beginJudging()
    // A preset that was asked for while this one was being measured.
    if preset.path != engaged.path { want(preset) }
    return path
  }

  /// Says whom to tell a new latency, in samples, before anybody hears that a preset has taken over.
  public func announceLatency(by announce: @escaping @Sendable (_ samples: Int) async -> Void) {
    self.announce = announce
  }

  /// Lets go of the live path; only after the server's last callback.
  public func disconnect() {
    stream = nil
    path = nil
  }

  /// Rebuilds the live path for another period; the sound goes on meanwhile.
  public func changePeriod(_ period: Int) {
    guard var stream, stream.period != period else { return }
    stream.period = period
    self.stream = stream
    want(wanted ?? upcoming ?? preset)
  }

  // MARK: - The operator's side

  /// Checks that a preset can be read and asks for it; it takes over when it has been built and warmed.
  ///
  /// - Returns: The arithmetic of its latency, where its cost is known already.
  /// - Throws: What the library says of the preset, or ``AdmissionError`` where its cost is known already.
  public func use(_ name: String) async throws -> Admission? {
    let next = try await load(name)
    var admission: Admission?
    if let stream, let cost = costs[key(next, stream)] {
      admission = try self.admission(of: next, on: stream, cost: cost)
    }
    recovery.cancel()
    want(next)
    return admission
  }

  /// Reads the presets again, as after SIGHUP; the one in force is rebuilt from its file if that can be read.
  public func reload() async throws {
    let name = (wanted ?? upcoming ?? preset).name
    let again = try await read(name)
    loaded = [name: again]
    costs = [:]
    crowded = []
    want(again)
  }

  /// Moves the threshold of the masks that are being made, until another preset takes over.
  ///
  /// - Parameter threshold: 0 to 1.
  /// - Returns: Whether there is one: the masks may be soft, or no sound server there.
  public func setThreshold(_ threshold: Float) -> Bool {
    guard let dial = path?.current.dial else { return false }
    dial.threshold = threshold
    return true
  }

  /// How the live path stands.
  public func situation() -> LiveSituation {
    let engagement = path?.current
    return LiveSituation(
      preset: preset.name, next: isSettling ? (wanted ?? upcoming ?? preset).name : nil,
      wanted: recovery.wanted, drive: engagement?.admission.drive, cadence: preset.settings.cadence,
      budget: engagement.flatMap { $0.thread == nil ? nil : $0.admission.budget }, refusal: refusal,
      latency: engagement?.admission.latency, load: load.share,
      threshold: engagement?.dial?.threshold, lookAheadFrames: preset.settings.lookAhead,
      rate: stream?.rate, period: stream?.period,
      isMaskThreadRealtime: engagement?.thread?.isRealtime,
      steps: engagement.map { engagement in
        if let thread = engagement.thread {
          return StepFigures(
            median: thread.stepSeconds(share: 0.5), p99: thread.stepSeconds(share: 0.99),
            longest: thread.longestStepSeconds, count: thread.steps)
        }
        return StepFigures(
          median: engagement.cost.median, p99: engagement.cost.p99, longest: engagement.cost.longest)
      })
  }

  /// Looks after the live path: call it a few times a second.
  ///
  /// When an estimator in the callback takes most of its time, a thread is asked for. When most frames of the last seconds
  /// were late, the preset's fallback is; when the machine is quiet again, so is the preset that had to give way.
  public func supervise() async {
    load.look(busy: board.audioSeconds + (path?.current.thread?.busySeconds ?? 0), isConnected: path != nil)
    guard path != nil, !isSettling, !isTrying else { return }
    if isCrowded() {
      leaveCallback()
    } else if overload.isSustained(all: board.frames, bad: board.lateFrames), let name = preset.fallback,
      name != preset.name
    {
      await fallBack(to: name)
    } else if recovery.look(late: board.lateFrames), let name = recovery.wanted {
      isTrying = true
      Task { await tryReturning(to: name) }
    }
  }

  // MARK: - Overload

  private func beginJudging() { (overload, crowding) = (Overload(), Overload()) }

  /// Whether the estimator has taken most of the callback's time for seconds, and may have a thread.
  private func isCrowded() -> Bool {
    guard let stream, let drive = path?.current.admission.drive, drive == .inline, options.drive == nil,
      !crowded.contains(preset.path), !board.isOffline
    else { return false }
    let periods = board.callbacks * stream.period * 1_000_000 / stream.rate
    return crowding.isSustained(all: periods, bad: Int(spent(board) * 1e6))
  }

  private func leaveCallback() {
    beginJudging()
    crowded.insert(preset.path)
    report.yield(
      LiveEvent(
        kind: .leftCallback, preset: preset.name,
        message: "\(preset.name) took more than half of the callback's time: it gets a thread, at a longer latency"))
    want(preset)
  }

  private func fallBack(to name: String) async {
    beginJudging()
    recovery.fallBack(from: preset.name)
    report.yield(
      LiveEvent(
        kind: .fellBack, preset: name, from: preset.name,
        message: "\(preset.name) was late for too long: falling back to \(name)"))
    do { want(try await load(name)) } catch { refuse(name, "\(error)") }
  }

  /// Asks for the preset that had to give way, if its steps are in time again.
  private func tryReturning(to name: String) async {
    defer { isTrying = false }
    guard let stream, let next = try? await load(name) else { return recovery.stay() }
    let cost = await cost(of: next, on: stream)
    guard let admission = try? admission(of: next, on: stream, cost: cost) else {
      // It may have been the machine's fault, so it is measured again, and ever more rarely: measuring is work, too.
      costs[key(next, stream)] = nil
      return recovery.stay(longer: true)
    }
    guard await trial(next.settings, stream, admission) else { return recovery.stay() }
    // The operator, or the server, may have changed everything meanwhile.
    guard recovery.wanted == name, stream == self.stream, !isSettling else { return recovery.stay() }
    report.yield(
      LiveEvent(
        kind: .returned, preset: name, from: preset.name,
        message: "the machine is quiet again: returning from \(preset.name) to \(name)"))
    want(next)
  }

  // MARK: - Changing presets

  private func want(_ next: Preset) {
    wanted = next
    guard !isSettling else { return }
    isSettling = true
    Task { await settle() }
  }

  /// Brings what is wanted on air, one after another, always the latest wish.
  private func settle() async {
    while let next = wanted {
      wanted = nil
      upcoming = next
      do { try await engage(next) } catch {
        recovery.stay()
        refuse(next.name, "\(error)")
      }
    }
    upcoming = nil
    isSettling = false
  }

  private func engage(_ next: Preset) async throws(AdmissionError) {
    guard let stream, let path else {
      preset = next
      return
    }
    let engagement = try await engagement(of: next, on: stream)
    guard stream == self.stream, path === self.path else {
      wanted = wanted ?? next
      return
    }
    let periodBefore = path.current.stream.period
    path.offer(engagement)
    var callbacks = board.callbacks
    var patience = 0
    while path === self.path, !path.collect() {
      try? await Task.sleep(for: .milliseconds(4))
      // A server that has fallen silent takes nothing; the change is made when it is back.
      patience = board.callbacks == callbacks ? patience + 1 : 0
      callbacks = board.callbacks
      if patience > 500, path.withdraw() { break }
    }
    preset = next
    recovery.hear(next.name)
    beginJudging()
    refusal = nil
    await announce?(engagement.admission.latency.samples)
    let kind: LiveEvent.Kind = periodBefore == stream.period ? .switched : .periodChanged
    report.yield(
      LiveEvent(
        kind: kind, preset: next.name, latency: engagement.admission.latency,
        message: "\(next.name): \(engagement.admission)"))
  }

  private func refuse(_ name: String, _ reason: String) {
    refusal = "\(name): \(reason)"
    report.yield(LiveEvent(kind: .refused, preset: name, message: "\(name): \(reason)"))
  }

  /// A preset as it was last read: a change back is to be quick, and a file edited meanwhile waits for ``reload()``.
  private func load(_ name: String) async throws(PresetError) -> Preset {
    if let known = loaded[name] { return known }
    let preset = try await read(name)
    loaded[name] = preset
    return preset
  }

  /// Reads a preset and its weights, without holding up whoever asks this actor something meanwhile.
  private func read(_ name: String) async throws(PresetError) -> Preset {
    let library = library
    return try await onOwnThread { () -> Result<Preset, PresetError> in
      Result { () throws(PresetError) in try library.load(name, for: .live) }
    }.get()
  }

  // MARK: - Cost and admission

  private func engagement(of preset: Preset, on stream: Engagement.Stream) async throws(AdmissionError) -> Engagement {
    let cost = await cost(of: preset, on: stream)
    let admission = try admission(of: preset, on: stream, cost: cost)
    return Engagement(name: preset.name, settings: preset.settings, stream: stream, cost: cost, admission: admission)
  }

  private func admission(
    of preset: Preset, on stream: Engagement.Stream, cost: StepCost
  ) throws(AdmissionError) -> Admission {
    try Admission(
      grid: preset.settings.grid(rate: stream.rate), lookAheadFrames: preset.settings.lookAhead,
      cadence: preset.settings.cadence, cost: cost,
      prefersInline: preset.drive == .inline && !crowded.contains(preset.path), rate: stream.rate,
      period: stream.period, options: options)
  }

  private func cost(of preset: Preset, on stream: Engagement.Stream) async -> StepCost {
    let key = key(preset, stream)
    if let known = costs[key] { return known }
    let cost = await measure(preset.settings, stream.rate, stream.channels)
    costs[key] = cost
    return cost
  }

  private func key(_ preset: Preset, _ stream: Engagement.Stream) -> String { "\(preset.path) \(stream.rate)" }
}
