import ControlFixtures
import Foundation
import Testing

/// `sotto import` as a user meets it: what it writes, says and refuses.
@Suite("sotto import")
struct ImportTests {
  private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  private func fixture(_ name: String) -> String { "\(root)/Tests/ONNXTests/Fixtures/\(name).onnx" }

  @Test("leaves a preset that can be checked and played")
  func plays() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let outcome = try await Tool.bare(
      "import", fixture("open-unmix"), "--rate", "16000", "--hop", "64", "--output", "voice-magnitude", "--to",
      folder.path)
    #expect(outcome.status == 0 && outcome.messages.isEmpty, "\(outcome.messages)")
    #expect(outcome.output.contains("h_in [3, 1, 16] holds h_in_out of the frame before"))
    #expect(outcome.output.contains("sotto separate song.flac --preset open-unmix --preset-path \(folder.path)"))
    let check = try await Tool.bare("check", folder.file("open-unmix.toml"), "--preset-path", "\(root)/presets")
    #expect(check.status == 0 && check.output.contains("256/64 hann at 16000 Hz"))
    let played = try await Tool.bare(
      "separate", "\(root)/presets/demo/everything-is-free.flac", "--preset", "open-unmix", "--preset-path",
      folder.path, "--preset-path", "\(root)/presets", "--output", folder.path)
    #expect(played.status == 0, "\(played.messages)")
  }

  @Test("tells a script what it understood")
  func json() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let outcome = try await Tool.bare(
      "import", fixture("stereo-spectrum"), "--rate", "16000", "--hop", "8", "--shape", "low-delay", "--to",
      folder.path, "--name", "both", "--json")
    let report = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect((report["result"] as? String)?.contains("spectrum, axes 1,planes,bins,1") == true)
    #expect(report["parameters"] as? Int == 4 * 4 * 3)
    let weights = try await Tool.bare("check", folder.file("both.safetensors"))
    #expect(weights.output.contains("32/8 low-delay at 16000 Hz"), "\(weights.messages)")
  }

  @Test("asks for what no ONNX file says, and refuses what it cannot read, leaving nothing behind")
  func refusals() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let unsaid = try await Tool.bare("import", fixture("open-unmix"), "--to", folder.path)
    #expect(unsaid.status == 64 && unsaid.messages.contains("--rate and --hop"))
    let missing = try await Tool.bare("import", folder.file("none.onnx"), "--rate", "16000", "--hop", "64")
    #expect(missing.status == 66 && missing.messages.contains("no such file"))
    let broken = folder.file("broken.onnx")
    let whole = try Data(contentsOf: URL(fileURLWithPath: fixture("open-unmix")))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: broken))
    let refused = try await Tool.bare("import", broken, "--rate", "16000", "--hop", "64", "--to", folder.path)
    #expect(refused.status == 65 && refused.messages.contains("truncated"))
    // A hop longer than the window is found by the reader of weights files, when all is written.
    let late = try await Tool.bare(
      "import", fixture("open-unmix"), "--rate", "16000", "--hop", "999", "--output", "mask", "--to", folder.path)
    #expect(late.status == 65 && late.messages.contains("grid.hop"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["broken.onnx"])
  }
}
