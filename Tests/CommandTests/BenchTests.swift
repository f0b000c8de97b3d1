import ControlFixtures
import Foundation
import Testing

/// What `sotto bench` says; how fast a machine is, is nobody's error.
struct BenchTests {
  private func bench(_ arguments: String...) async throws -> Tool.Outcome {
    try await Run([Tool.path, "bench", "--preset-path", presets, "--seconds", "0.2"] + arguments).outcome()
  }

  @Test("JSON has every figure, in order where they have one")
  func json() async throws {
    let outcome = try await bench("passthrough", "--json", "--python", "/nonexistent/python")
    #expect(outcome.status == 0 && outcome.lines.count == 1, "\(outcome.messages)")
    let said = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(said["preset"] as? String == "passthrough")
    // 256 samples at 48 kHz.
    #expect(abs((said["hop"] as? Double ?? 0) - 0.016 / 3) < 1e-9)
    for name in ["hot", "paced", "path"] {
      let times = try #require(said[name] as? [String: Any])
      let figures = ["median", "p99", "p999", "max"].compactMap { times[$0] as? Double }
      #expect(figures.count == 4 && figures == figures.sorted() && figures[0] > 0)
      #expect((times["count"] as? Int ?? 0) >= 10)
    }
    let live = try #require(said["live"] as? [[String: Any]])
    #expect(live.compactMap { $0["rate"] as? Int } == [44_100, 48_000])
    for stream in live {
      #expect((stream["frames"] as? Int ?? 0) > 0)
      #expect((stream["share"] as? Double ?? 0) > 0)
      #expect((stream["latency"] as? Int ?? 0) >= 1024)
    }
    #expect((said["offline"] as? Double ?? 0) > 0)
    let rivals = try #require(said["rivals"] as? [[String: Any]])
    #expect(rivals.count == 1 && rivals[0]["name"] as? String == "ONNX Runtime")
    #expect(rivals[0]["paced"] is NSNull)
    #expect(rivals[0]["missing"] as? String == "the preset has no network")
  }

  @Test("The table says why there is no rival in it")
  func table() async throws {
    let outcome = try await bench("svsgan", "--python", "/nonexistent/python")
    #expect(outcome.status == 0, "\(outcome.messages)")
    #expect(outcome.output.hasPrefix("svsgan, a step every 16.0 ms, on "))
    for name in ["step, hot", "step, paced", "whole path a hop, stereo", "playing at 48000 Hz, period 256", "offline"] {
      #expect(outcome.lines.contains { $0.hasPrefix(name) }, "\(name)")
    }
    #expect(outcome.lines.contains { $0.hasPrefix("ONNX Runtime") && $0.contains("not measured: ") })
    #expect(outcome.output.contains("/nonexistent/python"))
  }

  @Test("A rival's figures stand beside ours, with the ratio of the medians")
  func rival() async throws {
    // Stands in for Python: it is asked as Python is, and answers as the script does.
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let times = #"{"count": 3, "median": 1, "p99": 2, "p999": 3, "max": 3}"#
    let answer = #"{"version": "9.9", "hot": \#(times), "paced": \#(times)}"#
    try "#!/bin/sh\n[ \"$1\" = -c ] && [ -f \"$3\" ] && echo '\(answer)'\n"
      .write(toFile: folder.file("python"), atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file("python"))
    let outcome = try await bench("svsgan", "--json", "--python", folder.file("python"))
    #expect(outcome.status == 0, "\(outcome.messages)")
    let said = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let rival = try #require((said["rivals"] as? [[String: Any]])?.first)
    #expect(rival["version"] as? String == "9.9")
    for name in ["hot", "paced"] {
      let ours = try #require((said[name] as? [String: Any])?["median"] as? Double)
      let ratio = try #require(rival["\(name)Ratio"] as? Double)
      #expect(abs(ratio * ours - 1) < 1e-9)
    }
  }

  @Test("What cannot be measured is named")
  func refusals() async throws {
    let preset = try await bench("svsgna")
    #expect(preset.status == 66)
    #expect(preset.messages.contains("did you mean \"svsgan\"?"))
    #expect(try await bench("svsgan", "--seconds", "0").status == 64)
  }
}
