public import Live
internal import Realtime

/// Keeps the program in a JACK graph: waits for a server, joins it, looks after the client, and comes back with the
/// same name, ports and connections when a server went away and another came.
public actor AudioService {
  /// Where the service stands.
  public enum State: Sendable, Equatable {
    /// No server is there.
    case waiting
    /// The client is part of a graph.
    case running
    /// The service has ended.
    case stopped
  }

  /// What the operator asked for.
  public struct Options: Sendable {
    /// The client's name.
    public var name: String
    /// The server's name; `nil` for JACK's default.
    public var server: String?
    /// Ports that match are connected to our inputs.
    public var connectIn: String?
    /// Ports that match are connected to both our stems.
    public var connectOut: String?
    /// Whether to wait for a server that is not there at the start.
    public var waits: Bool

    /// Puts the options together.
    public init(name: String, server: String?, connectIn: String?, connectOut: String?, waits: Bool) {
      self.name = name
      self.server = server
      self.connectIn = connectIn
      self.connectOut = connectOut
      self.waits = waits
    }
  }

  /// What the service has to say, for a log: a state and a sentence.
  public nonisolated let news: AsyncStream<(State, String)>

  /// Between two looks at the client, in seconds.
  private static let pause = 0.05
  /// A server whose callbacks stop for this long, in seconds, has fallen silent without a word (PipeWire does).
  private static let silence = 2.0
  /// In freewheel a cycle may rightly take long: the server waits for whichever client works hardest.
  private static let offlineSilence = 30.0

  private let options: Options
  private let conductor: Conductor
  private let report: AsyncStream<(State, String)>.Continuation
  private var cabling: Cabling
  private var client: Client?
  private var state = State.waiting
  private var xrunsBefore = 0

  /// Prepares to join the server of `options`.
  ///
  /// - Throws: ``AudioError/badPattern(_:)``.
  public init(options: Options, conductor: Conductor) throws {
    self.options = options
    self.conductor = conductor
    cabling = try Cabling(inputs: options.connectIn, outputs: options.connectOut)
    (news, report) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(64))
  }

  /// How the service stands, for a status report.
  public var figures: AudioFigures {
    AudioFigures(
      state: state, client: client?.name ?? options.name, server: options.server ?? "default",
      xruns: xrunsBefore + (client?.xruns ?? 0), isRealtime: client?.isRealtime ?? false)
  }

  /// Runs until ``stop()``.
  ///
  /// - Throws: ``AudioError`` or ``AdmissionError`` when the first server cannot be joined: none there and waiting not
  ///   wanted, or the preset cannot play on it. Later, trouble is reported and the service goes on waiting.
  public func run() async throws {
    await conductor.announceLatency { [weak self] in await self?.announce(latency: $0) }
    var isFirst = true
    var told = ""
    while state != .stopped {
      do {
        try await join()
        isFirst = false
        told = ""
        if let reason = await look() { await lose(reason) }
      } catch {
        let waits = if case AudioError.noServer = error { options.waits } else { !isFirst }
        if !waits { throw error }
        // The same trouble is told once, not at every try.
        if told != "\(error)" { report.yield((.waiting, "waiting for JACK: \(error)")) }
        told = "\(error)"
        try? await Task.sleep(for: .seconds(0.3))
      }
    }
  }

  /// Fades out, leaves the graph and ends ``run()``.
  public func stop() async {
    if client != nil {
      conductor.board.leave()
      for _ in 0..<14 where !conductor.board.hasLeft { try? await Task.sleep(for: .milliseconds(4)) }
    }
    state = .stopped
    await leave()
  }

  private func join() async throws {
    let options = options
    // A server that hangs holds up whoever calls it: never this actor, which has a status to give.
    let opened = try await onOwnThread { () -> Result<Client.Opened, AudioError> in
      Result { () throws(AudioError) in try Client.open(name: options.name, server: options.server) }
    }.get()
    let path: LivePath
    do {
      path = try await conductor.connect(
        rate: opened.rate, period: opened.period, priority: opened.priority.map { $0 - 2 })
    } catch {
      Client.close(opened)
      throw error
    }
    guard state != .stopped else { return Client.close(opened) }
    let (channels, latency) = (conductor.channels, conductor.board.latency)
    let joined = await onOwnThread { () -> Result<Client, AudioError> in
      Result { () throws(AudioError) in
        try Client(opened, path: path, channels: channels, latency: latency)
      }
    }
    guard state != .stopped, let client = try? joined.get() else {
      await conductor.disconnect()
      let last = (try? joined.get()).map(Leaving.init)
      await onOwnThread { last?.close() }
      if case .failure(let error) = joined { throw error }
      return
    }
    self.client = client
    state = .running
    await tend(client)
    report.yield(
      (
        .running,
        "joined JACK as \(client.name): \(opened.rate) Hz, period \(opened.period), "
          + (opened.priority.map { "real-time priority \($0)" } ?? "no real-time scheduling")
      ))
  }

  /// Looks after the client until it or its server is gone; the reason, if it is the server.
  private func look() async -> String? {
    var period = client?.period ?? 0
    var callbacks = -1
    var quiet = 0.0
    var looks = 0
    while let client, state == .running {
      if client.isGone { return "the JACK server has gone" }
      let now = conductor.board.callbacks
      quiet = now == callbacks ? quiet + Self.pause : 0
      callbacks = now
      let patience = conductor.board.isOffline ? Self.offlineSilence : Self.silence
      if quiet > patience { return "the JACK server has fallen silent" }
      conductor.board.setInput(isConnected: client.hasInput)
      if client.period != period {
        period = client.period
        await conductor.changePeriod(period)
      }
      await announce(latency: conductor.board.latency)
      if looks % 5 == 0 { await conductor.supervise() }
      if looks % 10 == 0 { await tend(client) }
      looks += 1
      try? await Task.sleep(for: .seconds(Self.pause))
    }
    return nil
  }

  /// Makes the connections that are wanted and remembers those that stand.
  private func tend(_ client: Client) async {
    let wanted = cabling.wanted(client, channels: conductor.channels)
    let made = wanted.isEmpty ? [] : await onOwnThread { wanted.filter { client.connect($0) } }
    cabling.note(made, of: client)
  }

  /// Tells JACK a latency in samples, if it is a new one.
  private func announce(latency: Int) async {
    guard let client, client.latency != latency else { return }
    await onOwnThread { client.announce(latency: latency) }
  }

  private func lose(_ reason: String) async {
    cabling.lose()
    if state == .running { state = .waiting }
    await onOwnThread { settle() }
    await leave()
    report.yield((.waiting, "waiting for JACK: \(reason)"))
  }

  private func leave() async {
    guard let last = client.map(Leaving.init) else { return }
    xrunsBefore += client?.xruns ?? 0
    client = nil
    await conductor.disconnect()
    await onOwnThread { last.close() }
  }
}

/// Carries the last hold on a client to the thread on which it is closed.
private final class Leaving: @unchecked Sendable {
  private var client: Client?

  init(_ client: consuming Client) { self.client = client }

  func close() { client = nil }
}

/// How the client stands at a moment, for a status report.
public struct AudioFigures: Sendable {
  /// Where the service stands.
  public var state: AudioService.State
  /// The client's name as JACK granted it, or as it will be asked for.
  public var client: String
  /// The server's name.
  public var server: String
  /// Xruns that the servers have told of.
  public var xruns: Int
  /// Whether the audio thread runs under real-time scheduling.
  public var isRealtime: Bool
}
