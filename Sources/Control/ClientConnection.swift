internal import NIOCore
internal import Text

/// One client: reads its lines one at a time, has them answered in their order, and sends it what it subscribed to.
///
/// It reads no further than it can answer, so a client that floods or never reads waits for itself and for nobody else,
/// and what it takes of memory is bounded by a line, a read and a queue.
///
/// - Thread: The event loop only.
final class ClientConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let limits: ControlLimits
  private let dispatcher: Dispatcher
  private let register: ClientRegister
  private let gate: LoopGate
  private let peer: Peer

  private var context: ChannelHandlerContext?
  private var lines: LineBuffer
  private var rate: RequestRate
  private let outgoing: Outgoing
  private var subscription = Subscription()
  private var timer: Scheduled<Void>?
  /// Nothing more will be read from the client.
  private var heardAll = false
  /// The connection closes as soon as all is sent.
  private var leaving = false

  /// Whether one of its requests is being carried out.
  private(set) var busy = false
  /// When it last sent a line, in seconds.
  private(set) var lastHeard = NIODeadline.seconds

  init(peer: Peer, limits: ControlLimits, dispatcher: Dispatcher, register: ClientRegister, gate: LoopGate) {
    self.peer = peer
    self.limits = limits
    self.dispatcher = dispatcher
    self.register = register
    self.gate = gate
    lines = LineBuffer(limit: limits.line)
    rate = RequestRate(rate: limits.rate, burst: limits.burst)
    outgoing = Outgoing(limits: limits)
  }

  // MARK: What happens on the channel

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    guard peer.mayControl else {
      leave(
        because: ControlError(
          .notPermitted, "This daemon serves the user it runs as, not user \(peer.user).",
          data: .init(found: "user \(peer.user)", expected: "the daemon's own user, or root")))
      return
    }
    guard register.admit(self) else {
      leave(because: ControlError(.full, "All \(limits.clients) places are taken by clients with subscriptions."))
      return
    }
    send(register.greeting)
    proceed()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if !leaving { lines.append(&bytes) }
  }

  func channelReadComplete(context: ChannelHandlerContext) { proceed() }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent {
      heardAll = true
      proceed()
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    leaving = true
    timer?.cancel()
    outgoing.end()
    subscription = Subscription()
    // A client that is gone keeps its place until its last request is done, so that nobody starts more than he may.
    if !busy { register.remove(self) }
  }
}

extension ClientConnection {
  // MARK: Requests

  /// Takes the next line if it may be taken now; whatever it waits for calls this again.
  private func proceed() {
    guard let context, !busy, !leaving, outgoing.hasRoom else { return }
    let wait = rate.wait(at: NIODeadline.seconds)
    guard wait == 0 else { return wake(in: wait) { $0.proceed() } }
    switch heardAll ? lines.rest() : lines.next() {
    case .line(let line):
      timer?.cancel()
      timer = nil
      take(line)
    case .tooLong:
      leave(
        because: ControlError(
          .lineTooLong, "A line of more than \(limits.line) bytes.", data: .init(expected: "at most \(limits.line)")))
    case .empty where heardAll, .partial where heardAll:
      if subscription.isEmpty { leave() }
    case .empty:
      context.read()
    case .partial:
      if timer == nil { wake(in: limits.lineSeconds) { $0.giveUpOnLine() } }
      context.read()
    }
  }

  private func wake(in seconds: Double, _ action: @escaping (ClientConnection) -> Void) {
    timer?.cancel()
    timer = context?.eventLoop.assumeIsolated().scheduleTask(in: .seconds(seconds)) {
      self.timer = nil
      action(self)
    }
  }

  private func giveUpOnLine() {
    leave(
      because: ControlError(
        .lineUnfinished, "A line was begun and not ended within \(limits.lineSeconds) s.",
        data: .init(expected: "one JSON object and a line end")))
  }

  private func take(_ line: [UInt8]) {
    lastHeard = NIODeadline.seconds
    let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    let incoming = isBlank ? .batch([]) : Incoming(line: line, batchLimit: limits.batch)
    rate.spend(max(1, incoming.count))
    busy = true
    let connection = NIOLoopBound(self, eventLoop: register.loop)
    Task { [dispatcher, gate] in
      let reply = await dispatcher.answer(incoming) { change in
        await gate.run { connection.value.subscribe(change) } ?? []
      }
      gate.execute { connection.value.answered(reply) }
    }
  }

  private func answered(_ reply: [UInt8]?) {
    busy = false
    guard context != nil else { return register.remove(self) }
    if let reply { send(reply) }
    proceed()
  }
}

extension ClientConnection {
  // MARK: Subscriptions

  /// What the client listens to, in the register's sum.
  func interval(of topic: Topic) -> Double? { subscription.interval(of: topic) }

  /// Whether it may be asked to make room for a new client.
  var isIdle: Bool { !busy && subscription.isEmpty }

  private func subscribe(_ change: Subscription.Change) -> [Topic] {
    guard context != nil else { return [] }
    subscription.apply(change)
    register.demandChanged()
    return subscription.topics
  }

  /// Sends a notice if the client subscribed to it; `line` is the notice already written, if it was.
  func tell(_ notice: Notice, line: [UInt8]?, at now: Double) {
    guard !leaving, let due = subscription.take(notice, at: now) else { return }
    // Levels and statistics grow old: to a client that lags they are not sent, an event always is.
    if due.topic != .events, !outgoing.hasRoom { return }
    if let line = due == notice ? line : try? encoded(due) { send(line) }
  }
}

extension ClientConnection {
  // MARK: Sending and leaving

  private func send(_ line: [UInt8]) {
    guard let context else { return }
    outgoing.send(line, to: context) {
      if self.leaving, self.outgoing.bytes == 0 { self.context?.close(promise: nil) } else { self.proceed() }
    }
  }

  /// Closes the connection once what was sent is read, saying why when there is a reason to give.
  func leave(because error: ControlError? = nil) {
    guard !leaving else { return }
    // Who has left things unread would not read this either, and must not keep its place by it.
    let unread = outgoing.bytes > 0
    leaving = true
    timer?.cancel()
    if let error, !unread { send(Refusal(id: .null, error: error).line) }
    if outgoing.bytes == 0 || (error != nil && unread) { context?.close(promise: nil) }
  }
}
