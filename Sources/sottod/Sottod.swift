public import ArgumentParser
internal import Audio
internal import Control
public import Live
internal import Logging
internal import Preset

/// The daemon: joins JACK, separates what comes in, and answers on its control socket.
@main
struct Sottod: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sottod",
    abstract: "Separate live music into voice and accompaniment while it plays.",
    discussion: """
      EXAMPLES
        sottod                                       wait for JACK, play the default preset
        sottod --preset centre --max-latency 30ms    refuse whatever needs more than 30 ms
        sottod --latency 4096                        every preset takes exactly 4096 samples, for a DAW
        sottod --connect-in '^system:capture_' --connect-out '^system:playback_'
        sottod --name band --server stage            a second daemon, on another JACK server

      SIGTERM and SIGINT fade out and leave; SIGHUP reads the presets again.

      EXIT STATUS
        0   ended as it was told to
        64  the command line is wrong
        65  the preset or its model cannot be used
        66  there is no such preset
        69  no JACK server (only with --no-wait), or JACK refused the client
        73  the control socket cannot be made, or another daemon has it
        78  the preset cannot keep the latency that was asked for on this server
      """,
    version: "sottod \(version)")

  /// The version of the programs.
  static let version = "0.1.0"

  @Option(help: "The preset to begin with. Without it, the one of the last time, or sotto.")
  var preset: String?
  @Option(help: "The JACK client's name, and the socket's.")
  var name = "sotto"
  @Option(help: "The JACK server's name. Without it, JACK's default.")
  var server: String?
  @Option(help: "The control socket's path. Without it, in $XDG_RUNTIME_DIR/sotto.")
  var socket: String?
  @Option(help: "Refuse presets that need more: 30ms or 0.03s.")
  var maxLatency: Duration?
  @Option(help: "Pad every preset to exactly this many samples.")
  var latency: Int?
  @Option(
    help: """
      Where the estimator runs: threaded, inline (the least latency) or synchronous (waits for every mask). Without it, as \
      the preset says.
      """)
  var drive: LiveOptions.Drive?
  @Option(help: "Connect other clients' outputs that match this regular expression to our inputs.")
  var connectIn: String?
  @Option(help: "Connect both stems to other clients' inputs that match this regular expression.")
  var connectOut: String?
  @Flag(name: .customLong("no-wait"), help: "End with status 69 when no JACK server runs, instead of waiting.")
  var doesNotWait = false
  @Option(help: "A folder to look for presets in, before the usual ones. May be given several times.")
  var presetPath: [String] = []
  @Flag(help: "Log more.")
  var verbose = false

  func validate() throws {
    if let latency, !(1...1_000_000).contains(latency) {
      throw ValidationError("--latency: found \(latency), expected 1 to 1000000 samples")
    }
  }

  func run() async throws {
    let journal = Journal(isVerbose: verbose)
    do throws(Failure) {
      try await Daemon(self, journal: journal).run()
    } catch {
      journal.log.critical("\(error.message)")
      throw ExitCode(error.status)
    }
  }
}

extension LiveOptions.Drive: ExpressibleByArgument {}
