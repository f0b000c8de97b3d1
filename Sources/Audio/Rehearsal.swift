internal import CJack
internal import Realtime
internal import Synchronization

/// Plays samples into other clients of a JACK server and records what they make of them, sample by sample.
///
/// One client, one callback: sample 0 of the recording arrived in the very cycle that sample 0 was played in, so that
/// a delay can be told to the sample. Everything played and recorded is held in memory.
///
/// Use it to try, measure and test what stands in the graph. Not for long recordings.
@safe
public final class Rehearsal: @unchecked Sendable {
  private let plan: RehearsalPlan
  private let client: OpaquePointer
  private let process: UnsafeMutablePointer<RehearsalProcess>
  private let finished = Wake()
  private var isFreewheeling = false

  /// How long the server may call nothing back before it counts as lost, in seconds.
  private static let patience = 5

  /// Joins the server and connects as planned, silent yet.
  ///
  /// Throws ``RehearsalError/noServer(name:)`` when there is none: it never starts one;
  /// ``RehearsalError/noConnection(from:to:)`` when a port is missing, ``RehearsalError/refused(what:)`` otherwise.
  ///
  /// - Real-time: Not real-time: allocates and waits for the server.
  public init(_ plan: RehearsalPlan) throws(RehearsalError) {
    self.plan = plan
    unsafe jack_set_error_function(rehearsalMessage)
    unsafe jack_set_info_function(rehearsalMessage)
    var status = JackStatus(rawValue: 0)
    guard let client = unsafe cjack_client_open(plan.client, JackNoStartServer, &status, plan.server) else {
      if status.rawValue & JackServerFailed.rawValue != 0 { throw .noServer(name: plan.server) }
      throw .refused(what: "the client '\(plan.client)' (status 0x\(String(status.rawValue, radix: 16)))")
    }
    unsafe self.client = client
    do throws(RehearsalError) {
      let outputs = unsafe try Self.register(plan.destinations.count, "play", JackPortIsOutput, client)
      let inputs = unsafe try Self.register(plan.sources.count, "record", JackPortIsInput, client)
      unsafe process = .allocate(capacity: 1)
      unsafe process.initialize(
        to: RehearsalProcess(
          client: client, outputs: outputs, inputs: inputs, played: plan.played, frames: plan.frames,
          finished: finished.handle()))
    } catch {
      unsafe jack_client_close(client)
      throw error
    }
    unsafe jack_set_process_callback(client, rehearsalProcess, process)
    unsafe jack_set_xrun_callback(client, rehearsalXrun, process)
    unsafe jack_set_latency_callback(client, rehearsalLatency, process)
    unsafe jack_on_info_shutdown(client, rehearsalShutdown, process)
    guard unsafe jack_activate(client) == 0 else { throw .refused(what: "to run the rehearsal") }
    try connect()
  }

  deinit {
    leaveFreewheel()
    settle()
    unsafe jack_client_close(client)
    unsafe process.deinitialize(count: 1)
    unsafe process.deallocate()
  }

  /// The frames played so far.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: Any.
  public var position: Int { unsafe min(process.pointee.position.load(ordering: .relaxed), plan.frames) }

  /// Begins to play, from the next cycles on.
  ///
  /// Throws ``RehearsalError/refused(what:)`` when the server does not go into freewheel as planned.
  ///
  /// - Real-time: Not real-time: waits for the server.
  /// - Thread: The one that calls ``finish()``.
  public func start() throws(RehearsalError) {
    if plan.freewheel {
      guard unsafe jack_set_freewheel(client, 1) == 0 else { throw .refused(what: "to freewheel") }
      isFreewheeling = true
    }
    unsafe process.pointee.armed.store(true, ordering: .releasing)
  }

  /// Waits until everything planned is recorded, and returns it.
  ///
  /// Throws ``RehearsalError/serverStopped`` and ``RehearsalError/silent(seconds:)``.
  ///
  /// - Real-time: Blocks.
  public func finish() throws(RehearsalError) -> RehearsalTake {
    defer { leaveFreewheel() }
    var cycles = -1
    while position < plan.frames {
      let now = unsafe process.pointee.cycles.load(ordering: .relaxed)
      if unsafe process.pointee.gone.load(ordering: .acquiring) { throw .serverStopped }
      if now == cycles { throw .silent(seconds: Self.patience) }
      cycles = now
      _ = finished.wait(nanoseconds: UInt64(Self.patience) * 1_000_000_000)
    }
    return take()
  }

  /// Plays and records everything as planned: ``start()`` and ``finish()``.
  ///
  /// Throws as they do.
  ///
  /// - Real-time: Blocks.
  public func run() throws(RehearsalError) -> RehearsalTake {
    try start()
    return try finish()
  }

  private func leaveFreewheel() {
    if isFreewheeling { unsafe jack_set_freewheel(client, 0) }
    isFreewheeling = false
  }

  private func take() -> RehearsalTake {
    // The acquiring load of the position makes everything visible that was recorded before it.
    unsafe _ = process.pointee.position.load(ordering: .acquiring)
    let recorded = plan.sources.indices.map { channel in
      unsafe Array(
        UnsafeBufferPointer(start: process.pointee.recorded.base + channel * plan.frames, count: plan.frames))
    }
    let gaps = unsafe process.pointee.gapCount.load(ordering: .acquiring)
    let xruns = unsafe process.pointee.xrunCount.load(ordering: .acquiring)
    let places =
      (0..<min(gaps, RehearsalProcess.remembered)).map { unsafe process.pointee.gaps[$0] }
      + (0..<min(xruns, RehearsalProcess.remembered)).map { unsafe process.pointee.xruns[$0] }
    return unsafe RehearsalTake(
      recorded: recorded, sampleRate: Int(jack_get_sample_rate(client)), period: Int(jack_get_buffer_size(client)),
      firstFrame: UInt32(truncatingIfNeeded: process.pointee.firstFrame.load(ordering: .relaxed)),
      toldLatency: plan.sources.map(captureLatency), xruns: xruns, disturbances: places.sorted())
  }

  private func captureLatency(of port: String) -> ClosedRange<Int> {
    guard let port = unsafe jack_port_by_name(client, port) else { return 0...0 }
    var range = jack_latency_range_t(min: 0, max: 0)
    unsafe jack_port_get_latency_range(port, JackCaptureLatency, &range)
    return Int(range.min)...Int(max(range.min, range.max))
  }

  private func connect() throws(RehearsalError) {
    for (index, destination) in plan.destinations.enumerated() {
      try unsafe connect(process.pointee.outputs[index], true, destination)
    }
    for (index, source) in plan.sources.enumerated() {
      try unsafe connect(process.pointee.inputs[index], false, source)
    }
  }

  private func connect(_ own: OpaquePointer, _ isSource: Bool, _ other: String) throws(RehearsalError) {
    let name = unsafe String(cString: jack_port_name(own))
    let (from, to) = isSource ? (name, other) : (other, name)
    guard unsafe jack_connect(client, from, to) == 0 else { throw .noConnection(from: from, to: to) }
  }

  private static func register(
    _ count: Int, _ name: String, _ direction: JackPortFlags, _ client: OpaquePointer
  ) throws(RehearsalError) -> [OpaquePointer] {
    var ports: [OpaquePointer] = unsafe []
    for number in 1...max(count, 1) where number <= count {
      let port = unsafe jack_port_register(
        client, "\(name)_\(number)", JACK_DEFAULT_AUDIO_TYPE, UInt(direction.rawValue), 0)
      guard let port = unsafe port else { throw .refused(what: "a port for channel \(number)") }
      unsafe ports.append(port)
    }
    return unsafe ports
  }
}
