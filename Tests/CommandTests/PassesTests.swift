import ControlFixtures
import Foundation
import Sound
import Testing

/// What presets for files do that hear a recording in several ways.
final class PassesTests {
  private let folder: TemporaryFolder
  private static let rate = 16_000

  init() throws { folder = try TemporaryFolder() }

  deinit { folder.remove() }

  /// A preset of the network sotto-light with such a table `files`.
  private func preset(_ name: String, _ files: String) throws -> String {
    let text = """
      format = 1
      title = "T"
      summary = "S"
      method = "network"
      network.model = "\(presets)/sotto-light.safetensors"
      mask.channels = "each"
      [files]
      \(files)
      """
    try text.write(toFile: folder.file("\(name).toml"), atomically: true, encoding: .utf8)
    return folder.file("\(name).toml")
  }

  /// Tones that come and go, with noise, different on two channels.
  private func sound(frames: Int = 50_000) -> [[Float]] {
    var state: UInt64 = 7
    return (0..<2).map { channel in
      (0..<frames).map { frame in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let noise = Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
        let time = Float(frame) / Float(Self.rate)
        let tone = sin(2 * .pi * Float(channel == 0 ? 330 : 440) * time + 3 * sin(34 * time))
        return 0.3 * tone * max(0, sin(5 * time + Float(channel))) + 0.1 * noise
      }
    }
  }

  /// The voice that a preset finds in a recording.
  private func voice(of sound: [[Float]], by preset: String, rate: Int = rate) async throws -> [[Float]] {
    let name = UUID().uuidString
    var writer = try SoundWriter(path: folder.file("\(name).wav"), sampleRate: rate, channels: sound.count)
    try writer.write(planar: sound, frames: sound[0].count)
    try writer.finish()
    let outcome = try await Tool.bare(
      "separate", folder.file("\(name).wav"), "--preset", preset, "--preset-path", presets, "--output",
      folder.file("stems"))
    #expect(outcome.status == 0, "\(outcome.messages)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("stems")).allSatisfy { $0.first != "." })
    var voice = try SoundReader(path: folder.file("stems/\(name).voice.wav"))
    var accompaniment = try SoundReader(path: folder.file("stems/\(name).accompaniment.wav"))
    let stems = (try voice.readAll(), try accompaniment.readAll())
    let sum = zip(stems.0, stems.1).map { zip($0, $1).map { $0 + $1 } }
    #expect(level(sum, less: sound.map { $0.map { $0.isFinite ? $0 : 0 } }) < -120, "the stems add up")
    return stems.0
  }

  /// The level of `a - b` against that of `b` in dB.
  private func level(_ a: [[Float]], less b: [[Float]]) -> Double {
    #expect(a.map(\.count) == b.map(\.count))
    var (difference, whole) = (0.0, 0.0)
    for (x, y) in zip(a.joined(), b.joined()) {
      difference += Double(x - y) * Double(x - y)
      whole += Double(y) * Double(y)
    }
    return 10 * log10(max(difference, 1e-30) / max(whole, 1e-30))
  }

  private func mean(_ a: [[Float]], _ b: [[Float]]) -> [[Float]] {
    zip(a, b).map { zip($0, $1).map { ($0 + $1) / 2 } }
  }

  @Test("Heard backwards, too, the voice is the mean of both, each in its place")
  func backwards() async throws {
    let sound = sound()
    let both = try preset("both", "backwards = '\(presets)/sotto-light.safetensors'")
    let forwards = try await voice(of: sound, by: preset("once", "speeds = [1]"))
    let turned = try await voice(of: sound.map { $0.reversed() }, by: preset("once", "speeds = [1]"))
    let found = try await voice(of: sound, by: both)
    #expect(level(found, less: mean(forwards, turned.map { $0.reversed() })) < -120)
    // Both ways count: neither alone is what was found.
    #expect(level(found, less: forwards) > -40)
  }

  @Test("Heard faster, a recording is as one of a higher rate; several speeds are the mean")
  func speeds() async throws {
    let sound = sound()
    let faster = try await voice(of: sound, by: preset("faster", "speeds = [1.25]"))
    let once = try preset("once", "speeds = [1]")
    let told = try await voice(of: sound, by: once, rate: 20_000)
    // Even one speed waits on disk unless it is 1.
    #expect(level(faster, less: told) < -120)
    let asItIs = try await voice(of: sound, by: once)
    let mixed = try await voice(of: sound, by: preset("mixed", "speeds = [1, 1.25]"))
    #expect(level(mixed, less: mean(asItIs, told)) < -120)
    #expect(level(asItIs, less: told) > -40)
  }

  @Test("Beside another preset, the voice is what both find, by their shares")
  func beside() async throws {
    let sound = sound()
    let own = try await voice(of: sound, by: preset("own", "speeds = [1]"))
    let centre = folder.file("centre.toml")
    try FileManager.default.copyItem(atPath: "\(presets)/centre.toml", toPath: centre)
    let other = try await voice(of: sound, by: centre)
    let found = try await voice(of: sound, by: preset("both", "beside = 'centre.toml'\nshare = 0.25"))
    let expected = zip(own, other).map { zip($0, $1).map { 0.75 * $0 + 0.25 * $1 } }
    #expect(level(found, less: expected) < -120)
    #expect(level(own, less: other) > -20)
  }

  @Test("What is no sound is taken as zero and counted once")
  func nothing() async throws {
    var sound = sound(frames: 20_000)
    sound[0][5_000] = .nan
    sound[1][6_000] = .infinity
    _ = try await voice(of: sound, by: preset("mixed", "speeds = [1, 1.25]"))
    let file = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).first { $0.hasSuffix(".wav") })
    let outcome = try await Tool.bare(
      "separate", folder.file(file), "--preset", folder.file("mixed.toml"), "--preset-path", presets, "--output",
      folder.file("stems"), "--json")
    let said = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(said["nonFinite"] as? Int == 2)
  }

  @Test("--quality is the preset sotto-offline, and no other beside it")
  func quality() async throws {
    let sound = sound(frames: 30_000)
    let offline = try await voice(of: sound, by: "sotto-offline")
    let file = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).first { $0.hasSuffix(".wav") })
    let outcome = try await Tool.bare(
      "separate", folder.file(file), "--quality", "--preset-path", presets, "--output", folder.file("quality"))
    #expect(outcome.status == 0, "\(outcome.messages)")
    var reader = try SoundReader(path: folder.file("quality/\(file.dropLast(4)).voice.wav"))
    #expect(try reader.readAll() == offline)
    let both = try await Tool.bare("separate", folder.file(file), "--quality", "--preset", "sotto")
    #expect(both.status == 64 && both.messages.contains("--quality"))
  }

  @Test("evaluate measures what separate makes")
  func measured() async throws {
    let sound = sound()
    let reference = folder.file("clip.wav")
    var writer = try SoundWriter(path: reference, sampleRate: Self.rate, channels: 2, format: .pcm16)
    try writer.write(planar: sound, frames: sound[0].count)
    try writer.finish()
    let both = try preset("both", "backwards = '\(presets)/sotto-light.safetensors'\nspeeds = [0.8, 1]")
    for arguments in [
      ["evaluate", reference, "--mixtures", folder.file("mixtures")],
      [
        "separate", folder.file("mixtures/clip.wav"), "--preset", both, "--preset-path", presets, "--output",
        folder.file("made"),
      ],
    ] {
      #expect(try await Run([Tool.path] + arguments).outcome().status == 0)
    }
    let outcome = try await Tool.bare(
      "evaluate", reference, "--preset", both, "--estimates", folder.file("made"), "--preset-path", presets, "--json")
    let said = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let systems = try #require(said["systems"] as? [[String: Any]])
    let figures = systems.compactMap { ($0["voice"] as? [String: Any])?["sdr"] as? Double }
    #expect(figures.count == 2 && abs(figures[0] - figures[1]) < 0.01, "\(figures)")
  }
}
