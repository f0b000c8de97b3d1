internal import ArgumentParser
internal import Control

struct ReloadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload",
    abstract: "Has the daemon read its presets again; a broken one keeps its old form.",
    discussion: """
      Examples:
        sotto reload
      """)

  @OptionGroup var daemon: Daemon

  func run() throws {
    try daemon.talk { client in
      let reload = try client.reload()
      if daemon.json {
        try write(json: reload)
      } else {
        write("presets: \(reload.presets.joined(separator: ", "))\n")
        for broken in reload.broken { complain("\(broken.path): \(broken.message)") }
      }
      if !reload.broken.isEmpty { throw ExitCode(65) }
    }
  }
}
