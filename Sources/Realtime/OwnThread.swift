/// Runs a body that may block for long on a thread of its own, and waits for it without holding up any other task.
///
/// - Real-time: Not real-time: allocates.
public func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
  await withCheckedContinuation { continuation in
    _ = RealtimeThread(priority: nil) { continuation.resume(returning: body()) }
  }
}
