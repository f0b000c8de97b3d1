internal import Dispatch
internal import Glibc

/// The signals that the daemon answers to, as a stream.
///
/// The sources are only kept, never touched again, so the object may go from thread to thread.
final class Signals: @unchecked Sendable {
  /// Each signal as it arrives.
  let arrivals: AsyncStream<Int32>
  private let sources: [any DispatchSourceSignal]

  /// Takes over SIGTERM, SIGINT and SIGHUP, and ignores SIGPIPE: a control client that has gone is no reason to go.
  init() {
    signal(SIGPIPE, SIG_IGN)
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
    arrivals = stream
    sources = [SIGTERM, SIGINT, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
      source.setEventHandler { continuation.yield(number) }
      source.resume()
      return source
    }
  }
}
