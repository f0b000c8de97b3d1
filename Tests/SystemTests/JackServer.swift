import CJack
import Foundation
import Synchronization

/// A JACK server of a test's own, without a sound card, that goes away with the test.
///
/// Its name carries the process identifier, so that it meets no other server and no other run.
final class JackServer {
  struct DidNotStart: Error, CustomStringConvertible {
    let description: String
  }

  let name: String
  private(set) var process: Process

  private static let count = Atomic<Int>(0)

  /// Starts a server and waits until it takes clients.
  ///
  /// In real time the period should be 512 or more: a system that builds and tests meanwhile misses shorter ones.
  init(rate: Int = 48_000, period: Int = 512) throws {
    let number = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
    name = "sotto-test-\(getpid())-\(number)"
    process = Process()
    try start(rate: rate, period: period)
  }

  deinit { stop() }

  /// Starts the server again under the same name after ``stop(with:)``.
  func start(rate: Int, period: Int) throws {
    let output = Pipe()
    process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["jackd", "-n", name, "-d", "dummy", "-r", String(rate), "-p", String(period)]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = output
    try process.run()
    for _ in 0..<200 where process.isRunning {
      if takesClients() {
        // Nothing may ever block the server: its words are thrown away from here on.
        output.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
        return
      }
      usleep(50_000)
    }
    stop()
    let said = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    throw DidNotStart(description: "jackd -r \(rate) -p \(period): \(said)")
  }

  /// Ends the server, with `SIGTERM` as an operator would or with `SIGKILL` as a crash would.
  func stop(with signal: Int32 = SIGTERM) {
    if process.isRunning {
      kill(process.processIdentifier, signal)
      for _ in 0..<40 where process.isRunning { usleep(50_000) }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
    }
    removeLeftovers()
  }

  /// Runs `body` with a client of the server, as the tools of a JACK installation would.
  func withClient<Result>(_ body: (OpaquePointer) throws -> Result) throws -> Result {
    guard let client = open() else { throw DidNotStart(description: "no client of '\(name)'") }
    defer { jack_client_close(client) }
    return try body(client)
  }

  /// Whether a port of this full name is there.
  func has(port: String) throws -> Bool {
    try withClient { jack_port_by_name($0, port) != nil }
  }

  /// Changes the period while everything runs.
  func change(period: Int) throws {
    _ = try withClient { jack_set_buffer_size($0, jack_nframes_t(period)) }
  }

  private func open() -> OpaquePointer? {
    jack_set_error_function { _ in }
    jack_set_info_function { _ in }
    var status = JackStatus(rawValue: 0)
    return cjack_client_open("sotto-test-probe", JackNoStartServer, &status, name)
  }

  private func takesClients() -> Bool {
    guard let client = open() else { return false }
    jack_client_close(client)
    return true
  }

  /// What a killed server leaves under its own name; its sample memory is taken back by the next server that starts.
  private func removeLeftovers() {
    let folder = "/dev/shm"
    let uid = getuid()
    for entry in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where entry.hasPrefix("jack_\(name)_\(uid)_") || entry.hasPrefix("jack_sem.\(uid)_\(name)_") {
      unlink("\(folder)/\(entry)")
    }
  }
}
