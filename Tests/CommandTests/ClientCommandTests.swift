import Control
import ControlFixtures
import Foundation
import Testing
import Text

/// What a person and a script see of each client command.
struct ClientCommandTests {
  @Test func statusIsAlignedAndComplete() async throws {
    try await playing(ScriptedDaemon(lateFrames: 3)) { sotto, _ in
      let status = try await sotto("status")
      #expect(status.status == 0 && status.messages.isEmpty)
      #expect(
        status.output == """
          state        running
          preset       svsgan
          latency      3072 samples, 64.0 ms, slack 256
          slack        for 1 step of 1.10 ms × 1.25 + 0.50 ms to wake = 1.88 ms: 1 period
          late frames  3 of 62500, on time
          xruns        0
          load         2.1 %
          step         median 0.31 ms, p99 0.45 ms, longest 1.10 ms
          gains        voice 0.0 dB, accompaniment 0.0 dB
          bypass       off
          drive        threaded, real-time
          jack         client sotto, server default, 48000 Hz, period 256, 2 channels
          daemon       version 0.1.0, process 4711, up 16 min

          """)
    }
  }

  @Test func jsonIsOneValueALine() async throws {
    try await playing { sotto, _ in
      for arguments in [
        ["status"], ["presets"], ["use", "centre"], ["gain", "voice", "-6"], ["bypass", "on"], ["reload"],
      ] {
        let outcome = try await sotto.start(arguments + ["--json", "--socket", sotto.socket]).outcome()
        #expect(outcome.status == 0, "\(arguments): \(outcome.messages)")
        #expect(outcome.lines.count == 1)
        _ = try JSONDecoder().decode(JSON.self, from: Data(outcome.output.utf8))
      }
      let status = try await sotto("status", "--json")
      #expect(try JSONDecoder().decode(Status.self, from: Data(status.output.utf8)).latency?.samples == 3072)
    }
  }

  @Test func presetsMarksTheOneThatIsHeard() async throws {
    try await playing { sotto, _ in
      let presets = try await sotto("presets")
      #expect(
        presets.lines == [
          "* svsgan       SVSGAN: Separates.", "  centre       CENTRE: Separates.",
          "  passthrough  PASSTHROUGH: Separates.",
        ])
    }
  }

  @Test(arguments: [
    (["voice", "-18"], "voice -18.0 dB, accompaniment 0.0 dB\n"),
    (["voice", "-.5"], "voice -0.5 dB, accompaniment 0.0 dB\n"),
    (["accompaniment", "+3"], "voice 0.0 dB, accompaniment 3.0 dB\n"),
    (["voice", "mute"], "voice silent, accompaniment 0.0 dB\n"),
    (["voice", "-inf"], "voice silent, accompaniment 0.0 dB\n"),
  ])
  func gainTakesDecibelsAsPeopleWriteThem(arguments: [String], text: String) async throws {
    try await playing { sotto, _ in
      let outcome = try await sotto.start(["gain"] + arguments + ["--socket", sotto.socket]).outcome()
      #expect(outcome.output == text, "\(outcome.messages)")
    }
  }

  @Test func useSaysWhatIsBegun() async throws {
    try await playing { sotto, _ in
      let begun = try await sotto("use", "centre")
      #expect(begun.output == "centre: switching, latency 1024 samples, 21.3 ms\n")
      let known = try await sotto("use", "svsgan", "--wait")
      #expect(known.output == "svsgan: running\n")
    }
  }

  @Test func useWaitsForItsOwnSwitch() async throws {
    try await playing { sotto, server in
      let run = try sotto.start(["use", "centre", "--wait", "--socket", sotto.socket])
      let latency = Latency(samples: 1024, sampleRate: 48_000)
      let events: [Event] = [.switched(to: "svsgan", latency: latency), .switched(to: "centre", latency: latency)]
      async let outcome = run.outcome()
      // Said again until it is heard: nobody here knows when the program has subscribed.
      let talk = Task {
        while !Task.isCancelled {
          for event in events { server.publish(.event(event)) }
          try await Task.sleep(for: .milliseconds(10))
        }
      }
      #expect(try await outcome.output == "The preset \"centre\" is heard now.\n")
      #expect(try await outcome.status == 0)
      talk.cancel()
    }
  }

  @Test func useReportsASwitchThatWasRefused() async throws {
    try await playing { sotto, server in
      let run = try sotto.start(["use", "centre", "--wait", "--socket", sotto.socket])
      async let outcome = run.outcome()
      let talk = Task {
        while !Task.isCancelled {
          server.publish(.event(.refused("centre", because: ControlError(.presetRefused, "It takes 40 ms a step."))))
          try await Task.sleep(for: .milliseconds(10))
        }
      }
      #expect(try await outcome.messages == "sotto: It takes 40 ms a step.\n")
      #expect(try await outcome.status == 65)
      talk.cancel()
    }
  }

  @Test func reloadNamesBrokenFiles() async throws {
    let daemon = ScriptedDaemon(broken: [.init(path: "/p/mine.toml", message: "key \"windw\" is unknown")])
    try await playing(daemon) { sotto, _ in
      let outcome = try await sotto("reload")
      #expect(outcome.status == 65)
      #expect(outcome.output == "presets: svsgan, centre, passthrough\n")
      #expect(outcome.messages == "sotto: /p/mine.toml: key \"windw\" is unknown\n")
    }
  }
}
