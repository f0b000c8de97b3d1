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
    #expect(said["network"] is NSNull)
  }

  @Test("The table says why there is no rival in it")
  func table() async throws {
    let outcome = try await bench("svsgan", "--python", "/nonexistent/python")
    #expect(outcome.status == 0, "\(outcome.messages)")
    #expect(outcome.output.hasPrefix("svsgan, a step every 16.0 ms, on "))
    for name in ["step, hot", "step, paced", "whole path a hop, stereo", "playing at 48000 Hz, period 256", "offline"] {
      #expect(outcome.lines.contains { $0.hasPrefix(name) }, "\(name)")
    }
    for rival in ["ONNX Runtime", "ONNX Runtime, integer", "PyTorch"] {
      #expect(outcome.lines.contains { $0.hasPrefix("  \(rival): not measured: ") }, "\(rival)")
    }
    #expect(outcome.output.contains("/nonexistent/python"))
  }

  @Test("All models in a folder are measured beside the rivals that are there, and drawn")
  func all() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    // Stands in for Python: it is asked as Python is, and answers as the scripts do.
    try """
    #!/bin/sh
    [ "$1" = -c ] && [ $# = 4 ] || exit 1
    while read -r request; do
      case "$request" in
        *'"frames"'*) echo '{"rivals": [{"name": "ONNX Runtime", "version": "9.9", "difference": 1e-7},
          {"name": "PyTorch", "missing": "out to lunch"}]}' | tr -d '\\n'; echo ;;
        *'"disturbed":true'*) echo '{"seconds": {"ONNX Runtime": [1, 4, 7]}}' ;;
        *) echo '{"seconds": {"ONNX Runtime": [1, 2, 3]}}' ;;
      esac
    done
    """.write(toFile: folder.file("python"), atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file("python"))
    let fixtures = URL(filePath: presets).deletingLastPathComponent()
      .appending(path: "Tests/NetworkTests/Fixtures")
    for (fixture, name) in [("drnn-2", "small"), ("drnn-2", "small-half"), ("causal-unet", "other")] {
      try FileManager.default.copyItem(
        at: fixtures.appending(path: "\(fixture)-model.safetensors"),
        to: URL(filePath: folder.file("\(name).safetensors")))
    }
    let outcome = try await bench(
      "passthrough", "--all", "--json", "--models", folder.path, "--python", folder.file("python"), "--chart",
      folder.file("chart.svg"))
    #expect(outcome.status == 0 && outcome.lines.count == 1, "\(outcome.messages)")
    let said = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(Set(said.keys) == ["processor", "processors", "machineLoad", "seconds", "models", "version"])
    let models = try #require(said["models"] as? [[String: Any]])
    #expect(models.compactMap { $0["name"] as? String } == ["other", "small"])
    let small = try #require(models.last)
    #expect(
      Set(small.keys) == [
        "name", "weights", "parameters", "multiplications", "hop", "ours", "rivals", "read", "channels",
      ])
    let ours = try #require(small["ours"] as? [[String: Any]])
    #expect(ours.compactMap { $0["name"] as? String } == ["single", "half"])
    for (way, median) in [("hot", 2.0), ("paced", 4.0)] {
      let own = try #require((ours[0][way] as? [String: Any])?["median"] as? Double)
      for ratio in ["\(way)Ratio", "\(way)RatioAlike"] {
        #expect(abs((ours[0][ratio] as? Double ?? 0) * own - median) < 1e-9)
      }
      let rival = try #require((small["rivals"] as? [[String: Any]])?.first?[way] as? [String: Any])
      #expect(rival["median"] as? Double == median && rival["count"] as? Int == 15)
      #expect((small["read"] as? [String: Any])?["\(way)Share"] is Double)
    }
    let rivals = try #require(small["rivals"] as? [[String: Any]])
    #expect(rivals.last?["missing"] as? String == "out to lunch" && rivals.last?["hot"] is NSNull)
    #expect((small["channels"] as? [[String: Any]])?.compactMap { $0["count"] as? Int } == [1, 2])
    let chart = try String(contentsOfFile: folder.file("chart.svg"), encoding: .utf8)
    #expect(chart.hasPrefix("<svg ") && chart.hasSuffix("</svg>\n"))
    for word in [">small</text>", ">other</text>", ">parameters</text>"] { #expect(chart.contains(word)) }
    // Two models of one size and one cost, whose names are still to be read.
    let labels = try ["small", "other"].map { try place(of: $0, in: chart) }
    let length = 5 * 6.0
    #expect(
      abs(labels[0].y - labels[1].y) > 10 || abs(labels[0].x - labels[1].x) > length
        || labels[0].isLeft != labels[1].isLeft, "\(labels)")
    for label in labels {
      #expect(label.isLeft ? label.x > length : label.x + length < 860, "\(label)")
    }
  }

  /// Where a name stands in a picture.
  private func place(of name: String, in chart: String) throws -> (x: Double, y: Double, isLeft: Bool) {
    let line = try #require(chart.split(separator: "\n").first { $0.contains(">\(name)</text>") })
    let words = line.split(separator: "\"")
    return try (#require(Double(words[1])), #require(Double(words[3])), words[5] == "end")
  }

  @Test("What cannot be measured is named")
  func refusals() async throws {
    let preset = try await bench("svsgna")
    #expect(preset.status == 66)
    #expect(preset.messages.contains("did you mean \"svsgan\"?"))
    #expect(try await bench("svsgan", "--seconds", "0").status == 64)
    #expect(try await bench("svsgan", "--chart", "chart.svg").status == 64)
    let empty = try await bench("--all", "--models", "/nonexistent/folder")
    #expect(empty.status == 66 && empty.messages.contains("'/nonexistent/folder'"))
  }
}
