internal import CRealtime
internal import Glibc

/// A POSIX thread that runs one body, under real-time scheduling where the system grants it.
///
/// Whoever started it may ``join()`` it, once; otherwise it goes its own way and cleans up behind itself.
@safe
public final class RealtimeThread: @unchecked Sendable {
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private var thread = pthread_t()
  private var isJoined = false
  /// Whether the thread got the real-time priority it asked for.
  public let isRealtime: Bool

  /// Starts `body` on a thread of its own with denormals flushed.
  ///
  /// - Parameters:
  ///   - name: What `top -H` and `chrt` call it, 15 characters at most; the program's name if left out.
  ///   - priority: A `SCHED_FIFO` priority from 1 to 99, or `nil` for ordinary scheduling. Where the system refuses it
  ///     the thread runs with ordinary scheduling and ``isRealtime`` says so.
  ///   - body: What it runs.
  /// - Real-time: Not real-time: allocates.
  public init(name: String? = nil, priority: Int32?, body: @escaping @Sendable () -> Void) {
    let wrapped = Body {
      rt_flush_denormals()
      if let name { unsafe rt_name_thread(name) }
      body()
    }
    let context = unsafe Unmanaged.passRetained(wrapped).toOpaque()
    let status = unsafe pthread_create(
      &thread, nil,
      { context in
        if let context = unsafe context { unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, context)
    precondition(status == 0, "pthread_create: \(status)")
    if let priority {
      var parameters = sched_param(sched_priority: min(max(priority, 1), 99))
      isRealtime = unsafe pthread_setschedparam(thread, SCHED_FIFO, &parameters) == 0
    } else {
      isRealtime = false
    }
  }

  /// Waits for the body to end.
  ///
  /// - Real-time: Blocks.
  public func join() {
    guard !isJoined else { return }
    isJoined = true
    pthread_join(thread, nil)
  }

  deinit { if !isJoined { pthread_detach(thread) } }
}
