internal import ArgumentParser
internal import Control

struct PresetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presets",
    abstract: "Lists the presets that can be used; * marks the one that is heard.",
    discussion: """
      Examples:
        sotto presets
        sotto presets --json | jq -r '.[].name'
      """)

  @OptionGroup var daemon: Daemon

  func run() throws {
    try daemon.answer("presets") { (presets: [PresetSummary]) in
      aligned(presets.map { (($0.current ? "* " : "  ") + $0.name, "\($0.title): \($0.summary)") })
    }
  }
}
