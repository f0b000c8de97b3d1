import ChildProcess
import Foundation

/// The built `sottod`, run as its users run it, with a socket and a runtime folder of its own.
final class Daemon {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// How it ended and all it said on the standard error stream.
  struct End {
    let status: Int32
    let signalled: Bool
    let log: String
    let seconds: Double
  }

  let name: String
  let socket: String
  let process: ChildProcess
  /// Where its socket and its state are.
  let home: Home
  private let log: URL

  /// The programs stand beside the test bundle, unless SOTTO_PROGRAMS names those of another build.
  static let programs =
    ProcessInfo.processInfo.environment["SOTTO_PROGRAMS"].map { URL(filePath: $0) }
    ?? URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

  /// The presets of the checkout that the tests were built from.
  static let presets = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "presets")

  /// Starts the daemon, without waiting for anything.
  ///
  /// - Parameters:
  ///   - server: The JACK server's name; it need not run yet.
  ///   - preset: The preset to ask for; `nil` leaves the choice to the daemon.
  ///   - home: A home that an earlier daemon had, to find what it left there.
  ///   - environment: What is different from the usual environment.
  ///   - without: What is not in it.
  init(
    server: String, name: String = "sotto", preset: String? = "passthrough", arguments: [String] = [],
    home: Home? = nil, presets: URL = Daemon.presets, environment: [String: String] = [:], without: [String] = []
  ) throws {
    self.name = name
    self.home = try home ?? Home()
    socket = self.home.url.appending(path: "\(name).sock").path
    log = self.home.url.appending(path: "log-\(UUID().uuidString)")
    try Data().write(to: log)
    var variables = ProcessInfo.processInfo.environment.merging(self.home.environment) { $1 }
    for variable in without + ["NOTIFY_SOCKET"] { variables[variable] = nil }
    process = try ChildProcess(
      Self.programs.appending(path: "sottod").path,
      ["--server", server, "--name", name, "--socket", socket, "--preset-path", presets.path]
        + (preset.map { ["--preset", $0] } ?? []) + arguments,
      environment: variables.merging(environment) { $1 },
      // A file, so that a daemon that says much is never held up by a reader that is slow.
      messages: FileHandle(forWritingTo: log))
  }

  /// What it has said on the standard error stream so far.
  var said: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  /// Its inputs, by their full names.
  func inputs(_ channels: Int = 2) -> [String] { (1...channels).map { "\(name):in_\($0)" } }

  /// Its stems' outputs, voice first, by their full names.
  func outputs(_ channels: Int = 2) -> [String] {
    ["voice", "accompaniment"].flatMap { stem in (1...channels).map { "\(name):\(stem)_\($0)" } }
  }

  /// Waits until `status` says `state`, and returns all that it says.
  @discardableResult
  func wait(for state: String, seconds: Double = 20) throws -> [String: Any] {
    try wait("state '\(state)'", seconds: seconds) { $0["state"] as? String == state }
  }

  /// Waits until `status` is as `isReached` wants it, and returns all that it says.
  @discardableResult
  func wait(
    _ what: String, seconds: Double = 20, until isReached: ([String: Any]) -> Bool
  ) throws -> [String: Any] {
    var last: [String: Any] = [:]
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      guard process.isRunning else { throw Failure(description: "sottod is gone: \(said)") }
      if let status = try? call("status") {
        last = status
        if isReached(status) { return status }
      }
      usleep(20_000)
    }
    throw Failure(description: "sottod does not come to \(what) but stays at \(last): \(said)")
  }

  /// Changes to another preset, and waits until it has taken over.
  @discardableResult
  func use(_ preset: String) throws -> [String: Any] {
    _ = try call("use", ["name": preset])
    return try wait("preset '\(preset)'") { $0["preset"] as? String == preset && $0["switching"] is NSNull }
  }

  /// The latency that it tells its control clients, in samples.
  func latency() throws -> Int {
    guard let samples = (try call("status")["latency"] as? [String: Any])?["samples"] as? Int else {
      throw Failure(description: "sottod tells no latency")
    }
    return samples
  }

  /// Sends one request on a connection of its own, and returns the result.
  func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
    var request: [String: Any] = ["jsonrpc": "2.0", "id": 1, "method": method]
    if !parameters.isEmpty { request["params"] = parameters }
    let connection = try LineConnection(path: socket)
    try connection.send(JSONSerialization.data(withJSONObject: request))
    while let line = try connection.receive() {
      guard let reply = try JSONSerialization.jsonObject(with: line) as? [String: Any], reply["id"] as? Int == 1 else {
        continue  // the hello line
      }
      if let error = reply["error"] as? [String: Any] { throw Failure(description: "\(method): \(error)") }
      return reply["result"] as? [String: Any] ?? [:]
    }
    throw Failure(description: "\(method): the daemon hung up")
  }

  /// Asks it to end as an operator would, and waits until it has.
  func stop(with signal: Int32 = SIGTERM) -> End {
    let start = ContinuousClock.now
    process.send(signal)
    // A daemon that does not end is killed, and tells so by its end.
    while process.isRunning, ContinuousClock.now - start < .seconds(20) { usleep(500) }
    process.send(SIGKILL)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return end(seconds: seconds)
  }

  /// Waits until it ends by itself.
  func waitForEnd(seconds: Double = 20) throws -> End {
    let end = Date().addingTimeInterval(seconds)
    while process.isRunning {
      guard Date() < end else { throw Failure(description: "sottod does not end: \(said)") }
      usleep(10_000)
    }
    return self.end(seconds: 0)
  }

  private func end(seconds: Double) -> End {
    let end = process.wait()
    return End(status: end.status, signalled: end.signalled, log: said, seconds: seconds)
  }
}
