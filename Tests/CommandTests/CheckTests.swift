import Foundation
import Testing

/// `sotto check` as a script meets it: the program itself, its two streams and its exit status.
@Suite("sotto check")
struct CheckTests {
  private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  private struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Runs the program that was built beside this test.
  private func check(_ arguments: String...) throws -> Outcome {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("sotto")
    process.arguments = ["check"] + arguments
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let texts = [output, errors].map { String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: texts[0], errors: texts[1])
  }

  @Test("tells what a preset is, by name and by path")
  func sound() throws {
    for word in ["centre", "\(root)/presets/centre.toml"] {
      let outcome = try check(word, "--preset-path", "\(root)/presets")
      #expect(outcome.status == 0 && outcome.errors.isEmpty)
      #expect(outcome.output.hasPrefix("centre: Stereo centre\n"))
      // N - gcd(P, H) = 1024 - 256 samples.
      #expect(outcome.output.contains("17.4 ms at 44.1 kHz, 16.0 ms at 48.0 kHz"))
    }
  }

  @Test("tells a script what a network is")
  func network() throws {
    let outcome = try check("--json", "\(root)/presets/svsgan.toml")
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let report = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(report["valid"] as? Bool == true && report["method"] as? String == "network")
    #expect(report["fallback"] as? String == "centre")
    #expect(report["parameters"] as? Int == 514 * 1024 + 2 * 1025 * 1024 + 1025 * 1026)
    let delays = try #require(report["latency"] as? [[String: Any]])
    // 64 ms of window at 48 kHz, and hops of 768 samples meet periods of 256 at every third.
    #expect(delays.last?["samples"] as? Int == 3072 - 256)
    let weights = try check("\(root)/presets/svsgan.safetensors")
    #expect(weights.status == 0 && weights.output.contains("513 → 1024 sigmoid"))
  }

  @Test("refuses with 65 what is there and wrong, and says what")
  func wrong() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sotto-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let preset = folder.appendingPathComponent("mine.toml").path
    let text = "format = 1\ntitle = 'T'\nsummary = 'S'\nmethod = 'centre'\nlate.then = 'mut'\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: preset))
    let message = "\(preset):5: late.then: found \"mut\", expected one of \"hold\", \"dry\", \"mute\""
    let outcome = try check(preset)
    #expect(outcome.status == 65 && outcome.output.isEmpty)
    #expect(outcome.errors == "sotto: \(message)\n")
    let json = try check("mine", "--preset-path", folder.path, "--json")
    #expect(json.status == 65)
    let report = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(report["valid"] as? Bool == false && report["error"] as? String == message)
    let weights = folder.appendingPathComponent("mine.safetensors").path
    try Data("not weights".utf8).write(to: URL(fileURLWithPath: weights))
    #expect(try check(weights).status == 65)
  }

  @Test("answers with 66 where nothing is there, and suggests the name that was meant")
  func missing() throws {
    let name = try check("center", "--preset-path", "\(root)/presets")
    #expect(name.status == 66 && name.output.isEmpty)
    #expect(name.errors.contains("did you mean \"centre\"?"))
    #expect(try check("/no/such.safetensors").status == 66)
    #expect(try check("/no/such.toml").status == 66)
  }
}
