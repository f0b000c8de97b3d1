internal import Glibc

/// Tells systemd how the service stands (`sd_notify(3)`); nothing at all outside systemd.
struct ServiceNotification: Sendable {
  private let path: String?

  /// Reads where to send from `NOTIFY_SOCKET`.
  init() {
    path = unsafe getenv("NOTIFY_SOCKET").map { unsafe String(cString: $0) }
  }

  /// Half of the watchdog's time in seconds, when systemd wants to hear that often that the daemon lives.
  var watchdogInterval: Double? {
    guard path != nil, let text = unsafe getenv("WATCHDOG_USEC"), let micros = unsafe Double(String(cString: text))
    else { return nil }
    return micros * 0.5e-6
  }

  /// Sends `READY=1`, `STATUS=…`, `WATCHDOG=1` or `STOPPING=1`.
  func send(_ message: String) {
    guard let path else { return }
    let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return }
    defer { close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // A leading @ stands for the abstract namespace, whose names begin with a zero byte.
    let bytes = [UInt8](path.hasPrefix("@") ? "\0" + path.dropFirst() : path[...])
    let length = MemoryLayout<sa_family_t>.size + bytes.count
    guard length < MemoryLayout<sockaddr_un>.size else { return }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let text = Array(message.utf8)
    unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = unsafe sendto(socket, text, text.count, Int32(MSG_NOSIGNAL), address, socklen_t(length))
      }
    }
  }
}

extension Array<UInt8> {
  fileprivate init(_ text: Substring) { self.init(text.utf8) }
  fileprivate init(_ text: String) { self.init(text.utf8) }
}
