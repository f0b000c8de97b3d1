internal import ArgumentParser
internal import Control
internal import Text

struct UseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "use",
    abstract: "Changes the preset while sound runs.",
    discussion: """
      Examples:
        sotto use centre
        sotto use sotto-low --wait && sotto gain voice -18

      The daemon prepares the preset beside the one that is heard and crossfades when it is ready.

      Exit status: 0 well, or begun; 65 the preset is refused; 66 there is no such preset; 69 no daemon there; 75 no \
      answer in time.
      """)

  @Argument(help: "The preset's name, as \"sotto presets\" lists it.")
  var preset: String

  @Flag(help: "Return when the preset is heard, or refused.")
  var wait = false

  @OptionGroup var daemon: Daemon

  func run() throws {
    guard wait else {
      return try daemon.answer("use", ["name": .string(preset)]) { (switching: Switching) in
        "\(switching.preset): \(switching.state)" + (switching.latency.map { ", latency \($0.words)" } ?? "")
          + (switching.budget.map { ", slack \($0.words)" } ?? "")
      }
    }
    try daemon.talk { client in
      // Before the switch begins, or its end could be missed.
      try client.subscribe(to: [.events])
      let switching = try client.use(preset: preset)
      guard switching.state == "switching" else {
        return try daemon.json ? write(json: switching) : write("\(preset): \(switching.state)\n")
      }
      try finish(try end(of: preset, heardBy: client))
    }
  }

  private func finish(_ event: Event) throws {
    guard event.kind == .switched else {
      if daemon.json { complain(json: event) } else { complain(event.message) }
      throw ExitCode(65)
    }
    try daemon.json ? write(json: event) : write(event.message + "\n")
  }

  /// The event that ends the switch; a network takes its time to be loaded and measured.
  private func end(of preset: String, heardBy client: ControlClient) throws -> Event {
    let limit = Duration.seconds(60)
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
      guard case .event(let event)? = try client.next(within: deadline - .now) else { continue }
      let isEnd = event.kind == .switched || event.kind == .refused
      if isEnd, event.fields["preset"] == .string(preset) { return event }
    }
    throw ControlClientError.timedOut(path: client.path, seconds: limit / .seconds(1))
  }
}
