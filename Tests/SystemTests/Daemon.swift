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
  let process = Process()
  private let folder: URL
  private let log: URL

  /// The programs stand beside the test bundle.
  static let programs = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

  /// The presets of the checkout that the tests were built from.
  static let presets = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "presets")

  /// Starts the daemon, without waiting for anything.
  ///
  /// - Parameter server: The JACK server's name; it need not run yet.
  init(server: String, name: String = "sotto", preset: String = "passthrough", arguments: [String] = []) throws {
    self.name = name
    folder = FileManager.default.temporaryDirectory.appending(path: "sotto-system-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    socket = folder.appending(path: "control.sock").path
    log = folder.appending(path: "log")
    try Data().write(to: log)
    process.executableURL = Self.programs.appending(path: "sottod")
    process.arguments =
      [
        "--server", server, "--name", name, "--socket", socket, "--preset", preset, "--preset-path", Self.presets.path,
      ] + arguments
    var environment = ProcessInfo.processInfo.environment
    for variable in ["XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"] {
      environment[variable] = folder.path
    }
    environment["NOTIFY_SOCKET"] = nil
    process.environment = environment
    process.standardOutput = FileHandle.nullDevice
    // A file, so that a daemon that says much is never held up by a reader that is slow.
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
  }

  deinit {
    if process.isRunning {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    try? FileManager.default.removeItem(at: folder)
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
    var last = "no answer"
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      guard process.isRunning else { throw Failure(description: "sottod is gone: \(said)") }
      if let status = try? call("status") {
        last = status["state"] as? String ?? "no state"
        if last == state { return status }
      }
      usleep(50_000)
    }
    throw Failure(description: "sottod does not come to '\(state)' but stays at '\(last)': \(said)")
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
    let start = Date()
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return End(
      status: process.terminationStatus, signalled: process.terminationReason == .uncaughtSignal, log: said,
      seconds: Date().timeIntervalSince(start))
  }
}
