internal import ArgumentParser
internal import Control
internal import Text

/// Which daemon a command talks to, and in which form it answers: the options of every client command.
struct Daemon: ParsableArguments {
  @Option(help: ArgumentHelp("The daemon's socket.", valueName: "path"))
  var socket: String?

  @Option(help: "The daemon's name, as it was started with.")
  var name = "sotto"

  @Flag(help: "Print JSON, one value a line.")
  var json = false

  /// Connects, does what `body` does, and turns what goes wrong into a message and an exit status.
  func talk(_ body: (ControlClient) throws -> Void) throws {
    do {
      try body(ControlClient(path: socket ?? ControlPath.socket(name: name)))
    } catch let error as ControlClientError {
      if json, case .refused(let refusal) = error {
        complain(json: ["error": refusal])
      } else {
        complain("\(error)")
      }
      throw error.exitCode
    } catch let error as ControlPathError {
      complain("\(error)")
      throw ExitCode.validationFailure
    }
  }

  /// Calls a method and prints its result: as it came for a program, or as `text` says it for people.
  func answer<Result: Codable>(
    _ method: String, _ parameters: [String: JSON] = [:], text: (Result) -> String
  ) throws {
    try talk { client in
      if json {
        // As it came: a newer daemon's result may have more in it than this program knows.
        try write(json: client.call(method, parameters, as: JSON.self))
      } else {
        write(text(try client.call(method, parameters, as: Result.self)) + "\n")
      }
    }
  }
}

extension ControlClientError {
  /// The exit status for programs that call `sotto`, after `sysexits.h`.
  fileprivate var exitCode: ExitCode {
    switch self {
    case .refused(let error):
      switch error.code {
      case .presetRefused, .invalidParameters: ExitCode(65)
      case .presetUnknown: ExitCode(66)
      case .notNow: ExitCode(75)
      case .full, .madeRoom, .notPermitted: ExitCode(69)
      default: ExitCode(70)
      }
    case .noDaemon, .foreignDaemon, .notSotto, .protocolMismatch, .closed, .system: ExitCode(69)
    case .timedOut: ExitCode(75)
    case .unexpected: ExitCode(70)
    }
  }
}
