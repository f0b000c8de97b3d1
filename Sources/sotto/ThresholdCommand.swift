internal import ArgumentParser
internal import Control
internal import Text

struct ThresholdCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "threshold",
    abstract: "Moves the threshold of binary masks, while they play.",
    discussion: """
      A bin whose probability of being sung is above the threshold goes to the
      voice, any other to the accompaniment: low, more of the singer is caught,
      and more else with it; high, less of both. It belongs to presets that have
      [mask] threshold, or a network that gives probabilities, and lasts until
      another preset takes over.

      Examples:
        sotto threshold 0.3
        sotto threshold 0.5
      """)

  @Argument(help: "0 to 1.")
  var value: Double

  @OptionGroup var daemon: Daemon

  func validate() throws {
    guard Threshold.range.contains(value) else { throw ValidationError("Found \(value), expected 0 to 1.") }
  }

  func run() throws {
    try daemon.answer("threshold", ["value": .number(value)]) { (result: Threshold) in "threshold \(result.threshold)" }
  }
}
