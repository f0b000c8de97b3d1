internal import NIOCore

/// What waits to be read by one client: counted, bounded, and given up on when nothing of it is read for too long.
///
/// - Thread: The event loop only.
final class Outgoing {
  private let limits: ControlLimits
  private var timer: Scheduled<Void>?

  /// Bytes that were sent and not yet taken by the system.
  private(set) var bytes = 0

  init(limits: ControlLimits) { self.limits = limits }

  /// Whether the client's next request may be answered.
  var hasRoom: Bool { bytes <= limits.backlog }

  /// Sends a line and its end.
  ///
  /// - Returns: False when the client has left more unread than it may: it is closed.
  @discardableResult
  func send(_ line: [UInt8], to context: ChannelHandlerContext, then: @escaping () -> Void) -> Bool {
    let count = line.count + 1
    guard bytes + count <= limits.queue else {
      context.close(promise: nil)
      return false
    }
    if bytes == 0 { watch(context) }
    bytes += count
    var buffer = context.channel.allocator.buffer(capacity: count)
    buffer.writeBytes(line)
    buffer.writeInteger(UInt8(ascii: "\n"))
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenSuccess {
      self.bytes -= count
      self.timer?.cancel()
      if self.bytes > 0 { self.watch(context) }
      then()
    }
    context.writeAndFlush(NIOAny(buffer), promise: written)
    return true
  }

  private func watch(_ context: ChannelHandlerContext) {
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(limits.stallSeconds)) {
      context.close(promise: nil)
    }
  }

  /// Lets go of the client.
  func end() { timer?.cancel() }
}
