import ChildProcess
import Foundation
import Synchronization

/// The program `sotto` as it was built beside the tests.
struct Tool: Sendable {
  struct Outcome: Sendable {
    var status: Int32
    var output: String
    var messages: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  let socket: String

  static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appendingPathComponent("sotto").path

  /// Runs it to its end.
  func callAsFunction(_ arguments: String...) async throws -> Outcome {
    try await start(arguments + ["--socket", socket]).outcome()
  }

  /// Runs it without naming a socket.
  static func bare(_ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
    try await Run([path] + arguments, environment).outcome()
  }

  /// Starts it and lets it run.
  func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Run {
    try Run([Self.path] + arguments, environment)
  }
}

/// A program that runs, with what it writes gathered as it comes.
final class Run: Sendable {
  private let process: ChildProcess
  private let output = Pipe()
  private let messages = Pipe()
  private let seen = Mutex("")

  init(_ command: [String], _ environment: [String: String] = [:]) throws {
    process = try ChildProcess(
      command[0], Array(command.dropFirst()),
      environment: ProcessInfo.processInfo.environment.merging(environment) { _, new in new },
      output: output.fileHandleForWriting, messages: messages.fileHandleForWriting)
    // Their ends are where nobody can write any more.
    for pipe in [output, messages] { try pipe.fileHandleForWriting.close() }
  }

  /// Sends SIGINT, as Ctrl-C does.
  func interrupt() { process.send(SIGINT) }

  /// Waits until it has written `text`; returns all it wrote up to then.
  func written(_ text: String) async throws -> String {
    try await onThread { [self] in
      while !seen.withLock({ $0.contains(text) }) {
        let data = output.fileHandleForReading.availableData
        guard !data.isEmpty else { break }
        seen.withLock { $0 += String(decoding: data, as: UTF8.self) }
      }
      return seen.withLock { $0 }
    }
  }

  /// Waits for its end.
  func outcome() async throws -> Tool.Outcome {
    async let complaints = onThread { [self] in messages.fileHandleForReading.readDataToEndOfFile() }
    let rest = try await onThread { [self] in output.fileHandleForReading.readDataToEndOfFile() }
    let text = try await String(decoding: complaints, as: UTF8.self)
    return try await onThread { [self] in
      return Tool.Outcome(
        status: process.wait().status,
        output: seen.withLock { $0 } + String(decoding: rest, as: UTF8.self), messages: text)
    }
  }
}

/// Runs blocking work on a thread of its own, so that the server in this process keeps the threads it needs.
func onThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Swift.Result { try work() }) }
  }
}
