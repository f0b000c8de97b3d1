internal import NIOCore
internal import Synchronization

/// The way from other threads onto the event loop, shut before the loop ends: what comes later is dropped.
final class LoopGate: Sendable {
  private let loop: any EventLoop
  private let open = Mutex(true)

  init(_ loop: any EventLoop) { self.loop = loop }

  /// Runs `work` on the loop, or never when the gate is shut.
  ///
  /// - Returns: Whether it will run.
  @discardableResult
  func execute(_ work: @escaping @Sendable () -> Void) -> Bool {
    open.withLock { open in
      if open { loop.execute(work) }
      return open
    }
  }

  /// Runs `work` on the loop and waits for its result; `nil` when the gate is shut.
  func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result? {
    await withCheckedContinuation { continuation in
      if !execute({ continuation.resume(returning: work()) }) { continuation.resume(returning: nil) }
    }
  }

  func shut() { open.withLock { $0 = false } }
}
