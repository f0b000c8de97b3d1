private import Glibc

/// A connected socket on which lines are sent and waited for with a plain blocking `poll`.
///
/// No event loop: a command is over before one would have started.
struct ClientSocket: ~Copyable {
  /// What waiting for a line came to.
  enum Received {
    case line([UInt8])
    /// Nothing came in time, or a signal did.
    case nothing
    case closed
  }

  private let socket: Descriptor
  private var bytes: [UInt8] = []
  /// Lines of a daemon are never this long.
  private static let limit = 16 << 20

  private init(_ socket: consuming Descriptor) { self.socket = socket }

  /// Connects to the daemon at `path` and makes sure that it belongs to someone to trust.
  static func connect(path: String) throws(ControlClientError) -> ClientSocket {
    guard let address = UnixAddress(path) else { throw .noDaemon(path: path) }
    let stranger: uid_t
    do throws(SystemFailure) {
      let socket = try Descriptor.socket()
      try address.connect(socket)
      let peer = try Peer(of: socket)
      if peer.mayServe { return ClientSocket(socket) }
      stranger = peer.user
    } catch {
      throw [ENOENT, ECONNREFUSED, ENOTDIR].contains(error.code) ? .noDaemon(path: path) : .system(path: path, error)
    }
    throw .foreignDaemon(path: path, user: stranger)
  }

  /// Sends a line and its end.
  func send(_ line: [UInt8]) throws(SystemFailure) {
    var rest = (line + [UInt8(ascii: "\n")])[...]
    while !rest.isEmpty {
      // Without SIGPIPE: a daemon that went away is an answer as well.
      let sent = unsafe rest.withUnsafeBytes {
        unsafe Glibc.send(socket.raw, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      if sent < 0, errno == EINTR { continue }
      guard sent > 0 else { throw SystemFailure("send") }
      rest = rest.dropFirst(sent)
    }
  }

  /// Waits for a line until `deadline`.
  mutating func receive(until deadline: ContinuousClock.Instant) throws(SystemFailure) -> Received {
    while true {
      if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(bytes[..<end])
        bytes.removeSubrange(...end)
        return .line(line)
      }
      guard bytes.count < Self.limit else { return .closed }
      let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
      var wait = pollfd(fd: socket.raw, events: Int16(POLLIN), revents: 0)
      let ready = unsafe poll(&wait, 1, CInt(max(0, left).rounded(.up)))
      if ready == 0 || (ready < 0 && errno == EINTR) { return .nothing }
      guard ready > 0 else { throw SystemFailure("poll") }
      guard try fill() else { return .closed }
    }
  }

  private mutating func fill() throws(SystemFailure) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    let count = unsafe read(socket.raw, &chunk, chunk.count)
    if count < 0, errno == EINTR { return true }
    // A daemon that closed with requests of ours unread resets the connection.
    if count < 0, errno == ECONNRESET { return false }
    guard count >= 0 else { throw SystemFailure("read") }
    bytes += chunk[..<count]
    return count > 0
  }
}
