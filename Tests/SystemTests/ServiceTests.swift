import Foundation
import Testing

extension SystemTests {
  /// What systemd hears from the daemon (`sd_notify(3)`).
  @Suite struct ServiceTests {
    @Test func itSaysWhenItIsReadyThatItLivesAndThatItEnds() throws {
      let server = try JackServer()
      let home = try Home()
      let path = home.url.appending(path: "notify").path
      let manager = try DatagramSocket(path: path)
      let daemon = try Daemon(
        server: server.name, home: home, environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "400000"])
      #expect(try manager.receive().contains("READY=1"))
      try daemon.wait(for: "running")
      // In which order the two come depends on how long the daemon measures its preset.
      var heard: [String] = []
      let hasJoined = { heard.contains { $0.hasPrefix("STATUS=") && $0.contains("48000 Hz") } }
      let signs = { heard.count { $0 == "WATCHDOG=1" } }
      for _ in 0..<100 where !hasJoined() || signs() < 3 { heard.append(try manager.receive()) }
      #expect(hasJoined() && signs() >= 3, "\(heard)")
      let end = daemon.stop()
      #expect(end.status == 0)
      var last: [String] = []
      while let message = try? manager.receive(seconds: 1) { last.append(message) }
      #expect(last.contains("STOPPING=1"))
    }
  }
}

/// A UNIX datagram socket at a path, as a service manager has it.
final class DatagramSocket {
  private let descriptor: Int32

  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else { throw Daemon.Failure(description: "no socket at \(path): \(errno)") }
  }

  deinit { close(descriptor) }

  /// The next message, within some seconds.
  func receive(seconds: Int = 20) throws -> String {
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { throw Daemon.Failure(description: "the daemon says nothing for \(seconds) s") }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
