internal import ArgumentParser
internal import Control

struct MonitorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "monitor",
    abstract: "Shows levels, load, late frames and events until it is interrupted.",
    discussion: """
      Examples:
        sotto monitor
        sotto monitor --interval 1 >> levels.txt        a line a second
        sotto monitor --json | jq -c 'select(.method == "event")'

      In a terminal the picture is redrawn in place; NO_COLOR is honoured. Elsewhere one line is written an interval.
      """)

  @Option(help: "Seconds between two pictures or lines, 0.02 to 10 (default: 0.1 in a terminal, else 1).")
  var interval: Double?

  @OptionGroup var daemon: Daemon

  func validate() throws {
    if let interval, !(0.02...10).contains(interval) {
      throw ValidationError("Found --interval \(interval), expected 0.02 to 10.")
    }
  }

  func run() throws {
    let terminal = Terminal()
    try daemon.talk { client in
      Interruption.listen()
      try client.subscribe(to: Topic.allCases, interval: interval ?? (terminal.isThere && !daemon.json ? 0.1 : 1))
      var picture = MonitorPicture(try client.status())
      while !Interruption.came {
        guard let notice = try client.next(within: .milliseconds(250)) else { continue }
        if daemon.json {
          try write(json: notice)
          continue
        }
        picture.take(notice)
        switch notice {
        case .meters where terminal.isThere: write(picture.redrawn(on: terminal))
        case .meters: write(picture.line + "\n")
        case .event(let event) where !terminal.isThere: write("\(event.kind.rawValue): \(event.message)\n")
        case .event, .statistics: break
        }
      }
    }
  }
}
