import Control
import Foundation
import Testing

/// What `sotto monitor` shows, on a terminal and elsewhere, and how it ends.
struct MonitorTests {
  /// Says levels, figures and an event again and again until the program has seen what it waits for.
  private func talking(on server: ControlServer, while body: () async throws -> Void) async throws {
    let level = Meters.Level(peak: -6.0, rms: -20.0)
    let meters = Meters(samples: 960, input: [level, level], voice: [level, level], accompaniment: [level, level])
    var status = Status(pid: 1, version: "0.1.0")
    status.state = .running
    status.preset = "centre"
    status.load = 0.5
    status.lateFrames = 7
    let statistics = Statistics(status)
    let talk = Task {
      while !Task.isCancelled {
        server.publish(.statistics(statistics))
        server.publish(.event(Event(.fallback, "The fallback took over.")))
        server.publish(.meters(meters))
        try await Task.sleep(for: .milliseconds(20))
      }
    }
    defer { talk.cancel() }
    try await body()
  }

  @Test func aPipeGetsOneLineAnIntervalAndCtrlCEndsWell() async throws {
    try await playing { sotto, server in
      let run = try sotto.start(["monitor", "--interval", "0.02", "--socket", sotto.socket])
      try await talking(on: server) {
        let line = "in -6.0 -6.0  voice -6.0 -6.0  accompaniment -6.0 -6.0  load 50.0 %  late 7  xruns 0\n"
        let text = try await run.written(line)
        #expect(text.contains(line))
        #expect(text.contains("fallback: The fallback took over.\n"))
        #expect(!text.contains("\u{1B}"))
        run.interrupt()
        #expect(try await run.outcome().status == 0)
      }
    }
  }

  @Test func jsonIsTheNoticesAsTheyCame() async throws {
    try await playing { sotto, server in
      let run = try sotto.start(["monitor", "--json", "--interval", "0.02", "--socket", sotto.socket])
      try await talking(on: server) {
        _ = try await run.written(#""method":"meters""#)
        _ = try await run.written(#""method":"event""#)
        run.interrupt()
        let outcome = try await run.outcome()
        #expect(outcome.status == 0)
        for line in outcome.lines { _ = try JSONDecoder().decode(Notice.self, from: Data(line.utf8)) }
      }
    }
  }

  @Test(arguments: [("", true), ("1", false)])
  func aTerminalIsRedrawnInPlace(noColour: String, coloured: Bool) async throws {
    try await playing { sotto, server in
      // `script` gives the program a terminal of its own.
      let command = "\(Tool.path) monitor --interval 0.02 --socket \(sotto.socket)"
      let run = try Run(
        ["/usr/bin/script", "-qefc", command, "/dev/null"], ["TERM": "xterm", "NO_COLOR": noColour])
      try await talking(on: server) {
        // The second picture begins with the way back up over the eight lines of the first.
        let text = try await run.written("\u{1B}[8A\r")
        #expect(text.contains("centre, running  load 50.0 %  late 7  xruns 0\u{1B}[K"))
        #expect(text.contains("accompaniment 2 "))
        #expect(text.contains("\u{1B}[33m====") == coloured)
      }
      await server.stop()
      let outcome = try await run.outcome()
      #expect(outcome.status == 69)
      #expect(outcome.output.contains("closed the connection"))
    }
  }
}
