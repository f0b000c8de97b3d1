internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Serves a daemon's control socket on one event-loop thread of its own.
///
/// Whatever clients send, the server holds a bounded amount of memory for each and answers each at a bounded rate; see
/// `PROTOCOL.md` and ``ControlLimits``. It knows nothing of audio: a ``ControlHandler`` carries out what is asked.
public final class ControlServer: Sendable {
  /// The socket's path.
  public let path: String

  private let group: MultiThreadedEventLoopGroup
  private let channel: any Channel
  private let gate: LoopGate
  private let board: DemandBoard
  private let register: NIOLoopBound<ClientRegister>
  private let place: Mutex<ServedPath?>

  /// Starts to serve.
  ///
  /// - Parameters:
  ///   - path: Where the socket is to stand (``ControlPath``); its folder is made with mode 0700 when it is missing.
  ///   - handler: What carries out the requests.
  ///   - version: The daemon's version, for the first line a client reads.
  ///   - program: The daemon's program name, for the same line.
  ///   - limits: What clients may ask; those of the protocol unless told otherwise.
  /// - Throws: `ControlServerError` when another daemon serves the path, or the socket cannot be put there.
  public static func start(
    path: String, handler: any ControlHandler, version: String, program: String = "sottod",
    limits: ControlLimits = ControlLimits()
  ) async throws(ControlServerError) -> ControlServer {
    var place = try ServedPath(path)
    let socket = try place.bind()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let gate = LoopGate(loop)
    let board = DemandBoard()
    let dispatcher = Dispatcher(handler: handler)
    do {
      let greeting = try encoded(Greeting(Hello(program: program, version: version)))
      let register = try await loop.submit {
        NIOLoopBound(
          ClientRegister(loop: loop, greeting: greeting, limit: limits.clients, board: board), eventLoop: loop)
      }.get()
      let channel = try await ServerBootstrap(group: loop)
        .serverChannelOption(.backlog, value: 128)
        .childChannelOption(.autoRead, value: false)
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16 << 10))
        .childChannelInitializer { channel in
          channel.peer().flatMapThrowing { peer in
            try channel.pipeline.syncOperations.addHandler(
              ClientConnection(
                peer: peer, limits: limits, dispatcher: dispatcher, register: register.value, gate: gate))
          }
        }
        .withBoundSocket(socket.give()).get()
      return ControlServer(place, group: group, channel: channel, gate: gate, board: board, register: register)
    } catch {
      try? await group.shutdownGracefully()
      throw .loop(path: path, reason: "\(error)")
    }
  }

  private init(
    _ place: consuming ServedPath, group: MultiThreadedEventLoopGroup, channel: any Channel, gate: LoopGate,
    board: DemandBoard, register: NIOLoopBound<ClientRegister>
  ) {
    path = place.path
    self.place = Mutex(consume place)
    self.group = group
    self.channel = channel
    self.gate = gate
    self.board = board
    self.register = register
  }

  /// How often anybody wants to hear of levels and statistics; any thread but an audio thread may ask.
  public var demand: Demand { board.demand }

  /// How many clients are connected.
  public var clients: Int { board.clients }

  /// Sends a notice to the clients that subscribed to it, as often as each wants it; returns at once.
  ///
  /// Levels count as measured since the last ones published, and are merged for clients that want them less often.
  ///
  /// - Thread: Any but an audio thread: allocates and takes a lock.
  public func publish(_ notice: Notice) {
    guard clients > 0 else { return }
    let line = try? encoded(notice)
    gate.execute { [register] in register.value.tell(notice, line: line) }
  }

  /// Removes the socket, closes every connection after what was sent to it, and ends the thread.
  ///
  /// Requests under way are carried out, but nobody hears of it. Calling it again does nothing.
  public func stop() async {
    // The socket goes first: from now on a client sees no daemon instead of one that does not answer.
    guard place.withLock({ $0.take() }) != nil else { return }
    try? await channel.close().get()
    _ = await gate.run { [register] in register.value.endAll() }
    gate.shut()
    try? await group.shutdownGracefully()
  }
}

extension Channel {
  /// Who is at the other end of this connection.
  fileprivate func peer() -> EventLoopFuture<Peer> {
    guard let provider = self as? any SocketOptionProvider else {
      return eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
    }
    let credentials: EventLoopFuture<Peer.Credentials> = provider.unsafeGetSocketOption(
      level: .socket, name: Peer.option)
    return credentials.map(Peer.init)
  }
}
