import Foundation

/// A connection to a UNIX socket that carries lines, as any script would make it.
///
/// One thread may send while another receives.
final class LineConnection: @unchecked Sendable {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let descriptor: Int32
  private var pending = Data()

  /// Connects to the socket at `path`; an answer that takes longer than `seconds` counts as none.
  init(path: String, seconds: Int = 10) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
      close(descriptor)
      throw Failure(description: "\(path): longer than a socket's name may be")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else {
      close(descriptor)
      throw Failure(description: "\(path): \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  /// Sends `line` and the newline that ends it.
  func send(_ line: Data) throws { try sendRaw(line + Data([10])) }

  /// Sends bytes as they are: half a line, or no line at all.
  func sendRaw(_ bytes: Data) throws {
    var rest = bytes
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { throw Failure(description: "send: \(String(cString: strerror(errno)))") }
      rest = rest.dropFirst(sent)
    }
  }

  /// The next line, or `nil` when the other side has hung up.
  func receive() throws -> Data? {
    while true {
      if let end = pending.firstIndex(of: 10) {
        let line = pending[pending.startIndex..<end]
        pending = Data(pending[(end + 1)...])
        return Data(line)
      }
      var block = [UInt8](repeating: 0, count: 65_536)
      let count = recv(descriptor, &block, block.count, 0)
      if count == 0 { return nil }
      guard count > 0 else { throw Failure(description: "receive: \(String(cString: strerror(errno)))") }
      pending.append(contentsOf: block.prefix(count))
    }
  }
}
