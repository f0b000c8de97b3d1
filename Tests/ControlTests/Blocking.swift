import Foundation

/// Runs blocking work on a thread of its own, so that tests never take the threads that the server's handler needs.
func blocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Swift.Result { try work() }) }
  }
}

/// Looks again and again until something is so; false when it is not so after a long time.
func eventually(_ condition: () async -> Bool) async throws -> Bool {
  for _ in 0..<2000 {
    if await condition() { return true }
    try await Task.sleep(for: .milliseconds(5))
  }
  return false
}
