import Foundation
import Text

/// A connection without manners: sends any bytes and reads lines, each wait bounded.
///
/// Blocks its thread: call it within `blocking`.
final class RawClient: @unchecked Sendable {
  struct Failure: Error { var call: String, code: Int32 }

  private let socket: CInt
  private var bytes: [UInt8] = []

  init(_ path: String) throws {
    socket = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, size) }
    }
    guard result == 0 else { throw Failure(call: "connect", code: errno) }
  }

  deinit { close(socket) }

  /// Sends a line.
  func send(_ line: String) throws { try send(bytes: Array((line + "\n").utf8)) }

  /// Sends bytes as they are.
  func send(bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
      guard sent > 0 else { throw Failure(call: "send", code: errno) }
      rest = rest.dropFirst(sent)
    }
  }

  /// Says that nothing more will be sent.
  func finish() { shutdown(socket, CInt(SHUT_WR)) }

  /// The next line, `nil` at the end of the connection; throws when neither comes for 20 s.
  func line() throws -> String? {
    while true {
      if let end = bytes.firstIndex(of: 10) {
        let line = String(decoding: bytes[..<end], as: UTF8.self)
        bytes.removeSubrange(...end)
        return line
      }
      var wait = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard poll(&wait, 1, 20_000) == 1 else { throw Failure(call: "poll", code: ETIMEDOUT) }
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(socket, &chunk, chunk.count)
      if count == 0 || (count < 0 && errno == ECONNRESET) { return nil }
      guard count > 0 else { throw Failure(call: "read", code: errno) }
      bytes += chunk[..<count]
    }
  }

  /// The next line as JSON.
  func message() throws -> Message? { try line().map(Message.init(line:)) }

  /// Sends a line and returns the next message.
  func ask(_ line: String) throws -> Message? {
    try send(line)
    return try message()
  }

  /// Every line up to the end of the connection.
  func rest() throws -> [String] {
    var lines: [String] = []
    while let line = try line() { lines.append(line) }
    return lines
  }
}
