internal import ArgumentParser
internal import Control
internal import Text

struct GainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gain",
    abstract: "Changes the gain of a stem, smoothly.",
    usage: "sotto gain voice|accompaniment DECIBELS|mute [--socket <path>] [--name <name>] [--json]",
    discussion: """
      Examples:
        sotto gain voice -18            the singer in the background
        sotto gain voice mute           karaoke
        sotto gain accompaniment +3
      """)

  @Argument(help: "voice or accompaniment.")
  var stem: String

  // A list only because a word that begins with "-" would else be taken for an option.
  @Argument(parsing: .allUnrecognized, help: ArgumentHelp("-120 to 24, or mute.", valueName: "decibels"))
  var decibels: [String] = []

  @OptionGroup var daemon: Daemon

  func validate() throws {
    let stems = Stem.allCases.map(\.rawValue)
    guard stems.contains(stem) else { throw ValidationError(unknown("stem", stem, known: stems)) }
    if let option = decibels.first(where: { $0.hasPrefix("--") }) {
      throw ValidationError(unknown("option", option, known: ["--json", "--name", "--socket", "--help"]))
    }
    _ = try gain
  }

  func run() throws {
    try daemon.answer("gain", ["stem": .string(stem), "decibels": try gain]) { (gains: Gains) in gains.words }
  }

  private var gain: JSON {
    get throws {
      let expected = "expected one number from -120 to 24, or \"mute\""
      guard let word = decibels.first else { throw ValidationError("No gain given: \(expected).") }
      guard decibels.count == 1 else {
        throw ValidationError("Found \"\(decibels.joined(separator: " "))\": \(expected).")
      }
      if ["mute", "silent", "-inf"].contains(word) { return .null }
      guard let number = Double(word), Gains.range.contains(number) else {
        throw ValidationError("Found \"\(word)\": \(expected).")
      }
      return .number(number)
    }
  }
}
