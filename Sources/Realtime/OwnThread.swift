/// Runs a body that may block for long on a thread of its own, and waits for it without holding up any other task.
///
/// - Parameters:
///   - priority: The real-time priority to ask for, or `nil` for none.
///   - body: What to run.
/// - Real-time: Not real-time: allocates.
public func onOwnThread<Value: Sendable>(
  priority: Int32? = nil, _ body: @escaping @Sendable () -> Value
) async -> Value {
  await withCheckedContinuation { continuation in
    _ = RealtimeThread(priority: priority) { continuation.resume(returning: body()) }
  }
}
