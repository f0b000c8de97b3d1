internal import ArgumentParser
internal import Control

@main
struct Sotto: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sotto",
    abstract: "Controls sottod, which separates a live stream into voice and accompaniment.",
    discussion: """
      Examples:
        sotto status                  what the daemon is doing
        sotto gain voice -18          turn the singer down
        sotto use centre --wait       change the preset and wait until it is heard
        sotto monitor                 levels, load and late frames while it plays
        sotto separate song.flac      the two stems of a recording as files, without a daemon
        sotto status --json | jq .latency

      Exit status: 0 well; 64 wrong usage; 65 refused, such as a broken preset; 66 no such preset or file; \
      69 no daemon there; 70 a fault of the program; 73 a file cannot be written; 75 no answer in time, or not now.
      """,
    version: "0.1.0",
    subcommands: [
      StatusCommand.self,
      PresetsCommand.self,
      UseCommand.self,
      GainCommand.self,
      BypassCommand.self, ThresholdCommand.self,
      ReloadCommand.self,
      MonitorCommand.self,
      Check.self,
      SeparateCommand.self,
      EvaluateCommand.self,
      RehearseCommand.self,
      ImportCommand.self,
      BenchCommand.self,
    ])

  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if let refusal = refusal(of: arguments) { exit(withError: refusal) }
    await main(arguments)
  }

  /// What to say to a command that does not exist: the parser itself suggests options only.
  private static func refusal(of arguments: [String]) -> ValidationError? {
    let known = configuration.subcommands.map { $0._commandName } + ["help"]
    guard let word = arguments.first, !word.hasPrefix("-"), !known.contains(word) else { return nil }
    return ValidationError(unknown("command", word, known: known))
  }
}
