internal import CRealtime
internal import Glibc

/// Wakes a worker from a real-time thread, without a lock.
///
/// A POSIX semaphore: `sem_post` is the one wake-up that RealtimeSanitizer and the C standard both allow there.
@safe
public final class Wake: @unchecked Sendable {
  private let semaphore: UnsafeMutablePointer<sem_t>

  /// Makes a wake-up with nothing pending.
  ///
  /// - Real-time: Not real-time: allocates.
  public init() {
    unsafe semaphore = .allocate(capacity: 1)
    unsafe semaphore.initialize(to: sem_t())
    unsafe sem_init(semaphore, 0, 0)
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  /// A handle that posts and waits without touching a reference count.
  ///
  /// Whoever keeps the handle keeps the `Wake` as well, and leaves that alone on the real-time thread.
  public func handle() -> WakeHandle { unsafe WakeHandle(semaphore: semaphore) }

  /// Wakes the waiter.
  ///
  /// The corresponding C function is `sem_post`.
  public func post() { unsafe rt_post(semaphore) }

  /// Waits until woken, or until `nanoseconds` have passed, which it says by `false`.
  ///
  /// The corresponding C function is `sem_clockwait`.
  ///
  /// - Real-time: Blocks.
  public func wait(nanoseconds: UInt64) -> Bool { unsafe rt_wait(semaphore, nanoseconds) }
}

/// What a real-time thread holds of a ``Wake``.
@safe
public struct WakeHandle: @unchecked Sendable {
  let semaphore: UnsafeMutablePointer<sem_t>

  /// Wakes the waiter.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public func post() { unsafe rt_post(semaphore) }

  /// Waits until woken, at most `nanoseconds`; false when the time ran out.
  ///
  /// - Real-time: Blocks. Only for JACK's freewheel, which has no deadline.
  @_noLocks
  public func waitOffline(nanoseconds: UInt64) -> Bool { unsafe rt_wait_offline(semaphore, nanoseconds) }
}
