internal import ArgumentParser
internal import Control
internal import Text

struct BypassCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bypass",
    abstract: "Lets the input through unseparated, at the same latency.",
    discussion: """
      Examples:
        sotto bypass on
        sotto bypass off
      """)

  @Argument(help: "on or off.")
  var state: String

  @OptionGroup var daemon: Daemon

  func validate() throws {
    guard ["on", "off"].contains(state) else {
      throw ValidationError("Found \"\(state)\", expected \"on\" or \"off\".")
    }
  }

  func run() throws {
    try daemon.answer("bypass", ["on": .bool(state == "on")]) { (result: Bypass) in
      "bypass \(result.bypass ? "on" : "off")"
    }
  }
}
