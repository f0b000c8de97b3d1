internal import ArgumentParser
internal import Control

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Says what the daemon is doing.",
    discussion: """
      Examples:
        sotto status
        sotto status --json | jq '.latency.samples, .lateFrames'
        sotto status --name stage
      """)

  @OptionGroup var daemon: Daemon

  func run() throws {
    try daemon.answer("status") { (status: Status) in status.words }
  }
}

extension Status {
  /// The status in aligned lines; what is not known is left out.
  fileprivate var words: String {
    aligned([
      ("state", state.rawValue + (idle ? ", nothing connected to the inputs" : "")),
      (
        "preset",
        [
          preset, switching.map { "switching to \($0)" },
          wanted.map { "the fallback of \($0) until the machine is quiet again" },
        ].compactMap(\.self).joined(separator: ", ")
      ),
      (
        "latency",
        latency.map {
          [$0.words, slack.map { "slack \($0)" }, lookAheadWords].compactMap(\.self).joined(separator: ", ")
        }
      ),
      ("slack", budget?.words),
      (
        "estimates",
        every.flatMap { $0 > 1 ? "every \($0) frames, \(between == "hold" ? "held" : "interpolated") between" : nil }
      ),
      ("late frames", "\(lateFrames) of \(frames)" + (lateState.map { ", \($0)" } ?? "")),
      ("xruns", "\(xruns)"),
      ("load", load.map(percent)),
      ("step", step.map { "median \(short($0.median)), p99 \(short($0.p99)), longest \(short($0.max))" }),
      ("gains", gains.words),
      ("bypass", bypass ? "on" : "off"),
      ("threshold", threshold.map { "\($0)" }),
      ("drive", drive.map { "\($0), \(priorities)" }),
      ("jack", graph),
      ("not finite", nonFinite > 0 ? "\(nonFinite) samples taken as zero" : nil),
      ("daemon", "version \(version), process \(pid), up \(duration(uptime))"),
      ("last error", lastError),
    ])
  }

  private var lookAheadWords: String? {
    lookAhead.flatMap { $0 > 0 ? "look-ahead \($0) \($0 == 1 ? "frame" : "frames")" : nil }
  }

  private func short(_ seconds: Double) -> String { milliseconds(seconds, 2) }

  private var priorities: String {
    switch (realtime, audioRealtime) {
    case (true, true): "real-time"
    case (false, true): "mask thread without real-time priority"
    case (true, false): "audio thread without real-time priority"
    case (false, false): "no real-time priority"
    }
  }

  private var graph: String? {
    let parts = [
      client.map { "client \($0)" }, server.map { "server \($0)" }, sampleRate.map { "\($0) Hz" },
      period.map { "period \($0)" }, channels.map { "\($0) \($0 == 1 ? "channel" : "channels")" },
    ].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private func duration(_ seconds: Double) -> String {
    let whole = Int(seconds)
    return whole < 60 ? "\(whole) s" : whole < 3600 ? "\(whole / 60) min" : "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
