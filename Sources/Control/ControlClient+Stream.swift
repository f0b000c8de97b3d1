internal import NIOPosix
internal import Synchronization

extension ControlClient {
  /// The notices of some topics as they come, over a connection and a thread of their own.
  ///
  /// The stream ends with a `ControlClientError` when the daemon goes, and lets go of both when nobody reads it.
  ///
  /// - Parameters:
  ///   - path: The daemon's socket.
  ///   - topics: What to hear of.
  ///   - interval: Seconds between messages with levels or statistics, 0.02 to 10.
  public static func notices(
    at path: String, of topics: [Topic], interval: Double = 0.1
  ) throws(ControlClientError) -> AsyncThrowingStream<Notice, any Error> {
    let client = try ControlClient(path: path)
    try client.subscribe(to: topics, interval: interval)
    let (stream, continuation) = AsyncThrowingStream<Notice, any Error>.makeStream(
      bufferingPolicy: .bufferingNewest(1024))
    let ended = Ended()
    continuation.onTermination = { _ in ended.flag.store(true, ordering: .relaxed) }
    let thread = NIOThreadPool(numberOfThreads: 1)
    thread.start()
    thread.submit { _ in
      do throws(ControlClientError) {
        while !ended.flag.load(ordering: .relaxed) {
          if let notice = try client.next(within: .milliseconds(200)) { continuation.yield(notice) }
        }
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
      thread.shutdownGracefully { _ in }
    }
    return stream
  }
}

private final class Ended: Sendable {
  let flag = Atomic(false)
}
