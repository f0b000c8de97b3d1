import Foundation

/// A socket that stands at a path without being a daemon's.
final class BoundSocket: Sendable {
  private let socket: CInt

  init(_ path: String) throws {
    socket = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, size) }
    }
    guard result == 0 else { throw RawClient.Failure(call: "bind", code: errno) }
  }

  func listen() { Glibc.listen(socket, 8) }

  /// Lets go of the socket and leaves its file.
  func abandon() { close(socket) }

  /// Takes the next client and sends it lines.
  func serve(_ lines: [String]) -> CInt {
    let client = accept(socket, nil, nil)
    let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
    _ = bytes.withUnsafeBytes { write(client, $0.baseAddress, $0.count) }
    return client
  }
}
