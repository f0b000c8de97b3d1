internal import Synchronization
public import Text

/// Talks to a daemon: sends a request, waits for its reply, and keeps what comes in between.
///
/// - Thread: Any, one call at a time; every call blocks the thread until it is answered or times out.
public final class ControlClient: Sendable {
  /// The socket's path.
  public let path: String
  /// How the daemon introduced itself.
  public let hello: Hello

  private struct Connection: ~Copyable {
    var socket: ClientSocket
    var lastID = 0
    var notices: [Notice] = []
  }

  private let connection: Mutex<Connection>
  private let timeout: Duration
  /// Notices that came during calls and nobody asked for yet, at most; the oldest go first.
  private static let kept = 1024

  /// Connects and waits for the daemon's first line.
  ///
  /// - Parameters:
  ///   - path: The daemon's socket (``ControlPath``).
  ///   - timeout: How long each reply is waited for.
  /// - Throws: `ControlClientError` when no daemon is there, or none that this client can talk to.
  public init(path: String, timeout: Duration = .seconds(5)) throws(ControlClientError) {
    self.path = path
    self.timeout = timeout
    var socket = try ClientSocket.connect(path: path)
    let line = try Self.line(from: &socket, path: path, by: .now + timeout, timeout: timeout)
    if let refusal = try? decoded(Refusal.self, from: line) { throw .refused(refusal.error) }
    guard let greeting = try? decoded(Greeting.self, from: line), greeting.method == "hello" else {
      throw .notSotto(path: path, found: "the line \"\(String(decoding: line.prefix(80), as: UTF8.self))\"")
    }
    hello = greeting.params
    guard hello.protocol == Hello.currentProtocol else { throw .protocolMismatch(hello: hello) }
    connection = Mutex(Connection(socket: socket))
  }

  /// Calls a method by name.
  ///
  /// - Throws: `ControlClientError`: `refused` with the daemon's error, or why there is no answer.
  public func call<Result: Decodable>(
    _ method: String, _ parameters: [String: JSON] = [:], as type: Result.Type = Result.self
  ) throws(ControlClientError) -> Result {
    let line = try connection.withLock { connection throws(ControlClientError) in
      try exchange(method, parameters, over: &connection)
    }
    do {
      return try decoded(Answer<Result>.self, from: line).result
    } catch {
      throw .unexpected(String(decoding: line.prefix(200), as: UTF8.self))
    }
  }

  /// The next notice that this client subscribed to; `nil` when none came in time, or a signal did.
  public func next(within wait: Duration) throws(ControlClientError) -> Notice? {
    try connection.withLock { connection throws(ControlClientError) in
      if !connection.notices.isEmpty { return connection.notices.removeFirst() }
      switch try receive(over: &connection, until: .now + wait) {
      case .line(let line): return try? decoded(Notice.self, from: line)
      case .nothing: return nil
      case .closed: throw .closed(path: path)
      }
    }
  }

  private func exchange(
    _ method: String, _ parameters: [String: JSON], over connection: inout Connection
  ) throws(ControlClientError) -> [UInt8] {
    connection.lastID += 1
    let id = JSON.integer(connection.lastID)
    let request: JSON = ["jsonrpc": "2.0", "id": id, "method": .string(method), "params": .object(parameters)]
    guard let line = try? encoded(request) else { throw .unexpected("a request that cannot be written") }
    do throws(SystemFailure) { try connection.socket.send(line) } catch { throw .closed(path: path) }
    let deadline = ContinuousClock.now + timeout
    while true {
      let line = try Self.line(from: &connection.socket, path: path, by: deadline, timeout: timeout)
      if let notice = try? decoded(Notice.self, from: line) {
        connection.notices.append(notice)
        if connection.notices.count > Self.kept { connection.notices.removeFirst() }
        continue
      }
      guard let header = try? decoded(Header.self, from: line) else { continue }
      if let error = header.error, header.id == id || header.id == .null { throw .refused(error) }
      if header.id == id { return line }
    }
  }

  private func receive(
    over connection: inout Connection, until deadline: ContinuousClock.Instant
  ) throws(ControlClientError) -> ClientSocket.Received {
    do throws(SystemFailure) {
      return try connection.socket.receive(until: deadline)
    } catch {
      throw .system(path: path, error)
    }
  }

  private static func line(
    from socket: inout ClientSocket, path: String, by deadline: ContinuousClock.Instant, timeout: Duration
  ) throws(ControlClientError) -> [UInt8] {
    while true {
      let received: ClientSocket.Received
      do throws(SystemFailure) {
        received = try socket.receive(until: deadline)
      } catch {
        throw .system(path: path, error)
      }
      switch received {
      case .line(let line): return line
      case .closed: throw .closed(path: path)
      case .nothing where ContinuousClock.now < deadline: continue
      case .nothing: throw .timedOut(path: path, seconds: timeout / .seconds(1))
      }
    }
  }
}

/// What tells replies, refusals and everything else apart.
private struct Header: Decodable {
  var id: JSON?
  var error: ControlError?
}

private struct Answer<Result: Decodable>: Decodable {
  var result: Result
}
