import CJack
import ChildProcess
import Foundation
import Synchronization

@testable import Audio

/// A JACK server of a test's own, without a sound card, that goes away with the test.
///
/// Its name carries the process identifier, so that it meets no other server and no other run.
final class JackServer {
  struct DidNotStart: Error, CustomStringConvertible {
    let description: String
  }

  let name: String
  private(set) var process: ChildProcess
  /// A client that is never part of the graph, for looking at it: opening one for every look takes some cycles each.
  private var probe: OpaquePointer?
  /// The one whose probe is open: a process cannot be a client of two servers at a time.
  private nonisolated(unsafe) static weak var probed: JackServer?
  /// Whether it was killed and has not run since.
  private var isDead = false

  private static let count = Atomic<Int>(0)

  /// Starts a server and waits until it takes clients.
  ///
  /// In real time the period should be 512 or more: a system that builds and tests meanwhile misses shorter ones.
  init(rate: Int = 48_000, period: Int = 512) throws {
    let number = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
    name = "sotto-test-\(getpid())-\(number)"
    process = try Self.spawn(name, rate: rate, period: period)
    try waitForClients()
  }

  deinit {
    stop()
    // JACK has places for eight servers in all, and a killed one keeps its own until one of the same name has run.
    if isDead, (try? start(rate: 48_000, period: 1024)) != nil { stop() }
  }

  /// Starts the server again under the same name after ``stop(with:)``.
  func start(rate: Int, period: Int) throws {
    process = try Self.spawn(name, rate: rate, period: period)
    try waitForClients()
  }

  /// A file takes what it says: nothing may ever block the server.
  private static func spawn(_ name: String, rate: Int, period: Int) throws -> ChildProcess {
    let log = log(of: name)
    try Data().write(to: log)
    return try ChildProcess(
      "jackd", ["-n", name, "-d", "dummy", "-r", String(rate), "-p", String(period)],
      messages: FileHandle(forWritingTo: log))
  }

  private static func log(of name: String) -> URL {
    FileManager.default.temporaryDirectory.appending(path: "\(name).log")
  }

  private func waitForClients() throws {
    isDead = false
    for _ in 0..<200 where process.isRunning {
      if takesClients() { return }
      usleep(50_000)
    }
    let said = (try? String(contentsOf: Self.log(of: name), encoding: .utf8)) ?? ""
    stop()
    throw DidNotStart(description: "\(name) does not take clients: \(said)")
  }

  /// Ends the server, with `SIGTERM` as an operator would or with `SIGKILL` as a crash would.
  func stop(with signal: Int32 = SIGTERM) {
    process.send(signal)
    for _ in 0..<40 where process.isRunning { usleep(50_000) }
    process.send(SIGKILL)
    let end = process.wait()
    isDead = end.signalled && end.status == SIGKILL
    // Only now, when nobody tells it of others any more.
    closeProbe()
    removeLeftovers()
  }

  /// Runs `body` with a client of the server, as the tools of a JACK installation would.
  func withClient<Result>(_ body: (OpaquePointer) throws -> Result) throws -> Result {
    guard takesClients(), let client = probe else { throw DidNotStart(description: "no client of '\(name)'") }
    return try body(client)
  }

  /// Makes sure that this process is a client of no other server.
  func claimProcess() {
    guard Self.probed !== self else { return }
    Self.probed?.closeProbe()
    Self.probed = self
  }

  /// Whether a port of this full name is there.
  func has(port: String) throws -> Bool {
    try withClient { jack_port_by_name($0, port) != nil }
  }

  /// Changes the period while everything runs.
  func change(period: Int) throws {
    _ = try withClient { jack_set_buffer_size($0, jack_nframes_t(period)) }
  }

  private func takesClients() -> Bool {
    claimProcess()
    if probe != nil { return true }
    jack_set_error_function { _ in }
    jack_set_info_function { _ in }
    var status = JackStatus(rawValue: 0)
    probe = cjack_client_open("sotto-test-probe", JackNoStartServer, &status, name)
    return probe != nil
  }

  private func closeProbe() {
    guard let probe else { return }
    settle()
    jack_client_close(probe)
    self.probe = nil
  }

  /// What a killed server leaves under its own name; its sample memory is taken back by the next server that starts.
  private func removeLeftovers() {
    try? FileManager.default.removeItem(at: Self.log(of: name))
    let folder = "/dev/shm"
    let uid = getuid()
    for entry in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where entry.hasPrefix("jack_\(name)_\(uid)_") || entry.hasPrefix("jack_sem.\(uid)_\(name)_") {
      unlink("\(folder)/\(entry)")
    }
  }
}
