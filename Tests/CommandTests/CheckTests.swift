import ControlFixtures
import Foundation
import Testing

/// `sotto check` as a script meets it: the program itself, its two streams and its exit status.
@Suite("sotto check")
struct CheckTests {
  private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  @Test("tells what a preset is, by name and by path")
  func sound() async throws {
    for word in ["centre", "\(root)/presets/centre.toml"] {
      let outcome = try await Tool.bare("check", word, "--preset-path", "\(root)/presets")
      #expect(outcome.status == 0 && outcome.messages.isEmpty)
      #expect(outcome.output.contains("Stereo centre"))
      // N - gcd(P, H) = 1024 - 256 samples.
      #expect(outcome.output.contains("17.4 ms at 44.1 kHz, 16.0 ms at 48.0 kHz"))
    }
  }

  /// What a script is told of the sound preset at `path`, and the latencies in it, in samples.
  private func report(_ path: String) async throws -> (members: [String: Any], latencies: [Int?]) {
    let outcome = try await Tool.bare("check", "--json", path)
    #expect(outcome.status == 0 && outcome.messages.isEmpty)
    let members = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let delays = try #require(members["latency"] as? [[String: Any]])
    return (members, delays.map { $0["samples"] as? Int })
  }

  @Test("tells a script what a network is")
  func network() async throws {
    let (report, latencies) = try await report("\(root)/presets/svsgan.toml")
    #expect(report["method"] as? String == "network")
    #expect(report["fallback"] as? String == "centre")
    #expect(report["parameters"] as? Int == 514 * 1024 + 2 * 1025 * 1024 + 1025 * 1026)
    // 64 ms of window at 48 kHz, and hops of 768 samples meet periods of 256 at every third.
    #expect(latencies.last == 3072 - 256)
    let weights = try await Tool.bare("check", "\(root)/presets/svsgan.safetensors")
    #expect(weights.status == 0 && weights.output.contains("dense 1024 → dense 1024"))
  }

  @Test("tells in which ways files are heard")
  func files() async throws {
    let (report, _) = try await report("\(root)/presets/sotto-light-offline.toml")
    let files = try #require(report["files"] as? [[String: Any]])
    #expect(files.compactMap { $0["speed"] as? Double } == [1, 0.84, 1.19, 1, 0.84, 1.19])
    #expect(files.compactMap { $0["backwards"] as? Bool } == [false, false, false, true, true, true])
    let outcome = try await Tool.bare("check", "\(root)/presets/sotto-light-offline.toml")
    #expect(
      outcome.output.contains(
        "heard forwards and backwards, 0 frames ahead, 1.00, 0.84, 1.19 times as fast; the mean of 6"))
    #expect(try await self.report("\(root)/presets/sotto.toml").members["files"] == nil)
    let beside = try #require(
      try await self.report("\(root)/presets/sotto-offline.toml").members["files"] as? [[String: Any]])
    let shares = Dictionary(grouping: beside) { $0["preset"] as? String ?? "" }.mapValues { passes in
      passes.compactMap { $0["share"] as? Double }.reduce(0, +)
    }
    #expect(Set(shares.keys) == ["sotto-offline", "sotto-block"])
    #expect(abs(shares.values.reduce(0, +) - 1) < 1e-9)
    let said = try await Tool.bare("check", "\(root)/presets/sotto-offline.toml")
    #expect(said.output.contains("the mean of 3, and for 65 % as sotto-block does"), "\(said.output)")
  }

  @Test("tells the latency of a preset whose network has low-delay windows")
  func lowDelay() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let preset = folder.file("quick.toml")
    let weights = "\(root)/Tests/NetworkTests/Fixtures/low-delay-model.safetensors"
    let text = "format = 1\ntitle = 'T'\nsummary = 'S'\nmethod = 'network'\nnetwork.model = '\(weights)'\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: preset))
    let outcome = try await Tool.bare("check", preset)
    #expect(outcome.status == 0 && outcome.output.contains("128/16 low-delay at 16000 Hz"), "\(outcome.messages)")
    // Two hops of 44.1 samples, the longer ones of 45; two of 48, which meet periods of 256 at every 16 samples.
    #expect(try await report(preset).latencies == [2 * 45 - 1, 2 * 48 - 16])
  }

  @Test("refuses with 65 what is there and wrong, and says what")
  func wrong() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let preset = folder.file("mine.toml")
    let text = "format = 1\ntitle = 'T'\nsummary = 'S'\nmethod = 'centre'\nlate.then = 'mut'\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: preset))
    let message = "\(preset):5: late.then: found \"mut\", expected one of \"hold\", \"dry\", \"mute\""
    let outcome = try await Tool.bare("check", preset)
    #expect(outcome.status == 65 && outcome.output.isEmpty)
    #expect(outcome.messages == "sotto: \(message)\n")
    let json = try await Tool.bare("check", "mine", "--preset-path", folder.path, "--json")
    #expect(json.status == 65 && json.output.isEmpty)
    let report = try #require(try JSONSerialization.jsonObject(with: Data(json.messages.utf8)) as? [String: Any])
    #expect(report["error"] as? String == message)
    let weights = folder.file("mine.safetensors")
    try Data("not weights".utf8).write(to: URL(fileURLWithPath: weights))
    #expect(try await Tool.bare("check", weights).status == 65)
  }

  @Test("answers with 66 where nothing is there, and suggests the name that was meant")
  func missing() async throws {
    let name = try await Tool.bare("check", "center", "--preset-path", "\(root)/presets")
    #expect(name.status == 66 && name.output.isEmpty)
    #expect(name.messages.contains("did you mean \"centre\"?"))
    #expect(try await Tool.bare("check", "/no/such.safetensors").status == 66)
    #expect(try await Tool.bare("check", "/no/such.toml").status == 66)
  }
}
