import ControlFixtures
import Foundation
import Sound
import Testing

/// What `sotto separate` makes of files, and what it says of those of which it can make nothing.
struct SeparateTests {
  /// Runs it with the checkout's presets.
  private func separate(_ arguments: String..., preset: String = "centre") async throws -> Tool.Outcome {
    try await Run([Tool.path, "separate", "--preset-path", presets, "--preset", preset] + arguments).outcome()
  }

  private func withFolder(_ body: (TemporaryFolder) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try await body(folder)
  }

  /// Different seeded noise on each channel, well below full scale, beginning and ending abruptly.
  private func noise(channels: Int, frames: Int) -> [[Float]] {
    var state: UInt64 = 42
    return (0..<channels).map { _ in
      (0..<frames).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max) * 0.4
      }
    }
  }

  private func store(
    _ sound: [[Float]], at path: String, rate: Int = 44_100, format: SoundFormat = .float
  ) throws {
    var writer = try SoundWriter(path: path, sampleRate: rate, channels: sound.count, format: format)
    try writer.write(planar: sound, frames: sound[0].count)
    try writer.finish()
  }

  private func load(_ path: String) throws -> (rate: Int, sound: [[Float]]) {
    var reader = try SoundReader(path: path)
    return (reader.sampleRate, try reader.readAll())
  }

  /// The level of `a - b` in dB full scale.
  private func difference(_ a: [[Float]], _ b: [[Float]]) -> Double {
    var sum = 0.0
    for (x, y) in zip(a.joined(), b.joined()) { sum += Double(x - y) * Double(x - y) }
    return 10 * log10(max(sum / Double(max(a.joined().count, 1)), 1e-40))
  }

  private func sum(_ a: [[Float]], _ b: [[Float]]) -> [[Float]] { zip(a, b).map { zip($0, $1).map { $0 + $1 } } }

  @Test("Stems have the recording's rate, channels and length and add up to it", arguments: [1, 2, 3])
  func stems(channels: Int) async throws {
    try await withFolder { folder in
      let sound = noise(channels: channels, frames: 20_123)
      try store(sound, at: folder.file("a song.wav"), rate: 32_000)
      for preset in ["centre", "svsgan"] {
        let outcome = try await separate(folder.file("a song.wav"), "--output", folder.file("out/deep"), preset: preset)
        #expect(outcome.status == 0 && outcome.messages.isEmpty, "\(outcome.messages)")
        let voice = try load(folder.file("out/deep/a song.voice.wav"))
        let accompaniment = try load(folder.file("out/deep/a song.accompaniment.wav"))
        #expect(voice.rate == 32_000 && accompaniment.rate == 32_000)
        #expect(voice.sound.map(\.count) == sound.map(\.count))
        #expect(difference(sum(voice.sound, accompaniment.sound), sound) < -120)
      }
    }
  }

  @Test("The voice lines up with the recording, sample by sample")
  func alignment() async throws {
    try await withFolder { folder in
      let sound = noise(channels: 2, frames: 30_000)
      try store(sound, at: folder.file("song.wav"))
      #expect(try await separate(folder.file("song.wav"), "--output", folder.path, preset: "passthrough").status == 0)
      #expect(difference(try load(folder.file("song.voice.wav")).sound, sound) < -120)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3)
    }
  }

  @Test(
    "Every format is what it says",
    arguments: [("wav-float", -120.0), ("wav-24", -130), ("wav-16", -90), ("flac", -130)])
  func formats(name: String, level: Double) async throws {
    try await withFolder { folder in
      // Read from 24 bits, so that the difference is that of rounding the stems only.
      let sound = noise(channels: 2, frames: 20_000)
      try store(sound, at: folder.file("song.flac"), format: .flac24)
      let read = try load(folder.file("song.flac")).sound
      let outcome = try await separate(folder.file("song.flac"), "--output", folder.path, "--format", name)
      #expect(outcome.status == 0, "\(outcome.messages)")
      let ending = name == "flac" ? "flac" : "wav"
      let voice = try load(folder.file("song.voice.\(ending)")).sound
      let accompaniment = try load(folder.file("song.accompaniment.\(ending)")).sound
      #expect(difference(sum(voice, accompaniment), read) < level)
    }
  }

  @Test("The same file gives the same stems, byte by byte")
  func repeatable() async throws {
    try await withFolder { folder in
      try store(noise(channels: 2, frames: 40_000), at: folder.file("song.wav"), rate: 48_000)
      for run in ["one", "two"] {
        #expect(
          try await separate(folder.file("song.wav"), "--output", folder.file(run), preset: "svsgan").status == 0)
      }
      for stem in ["voice", "accompaniment"] {
        let files = try ["one", "two"].map {
          try Data(contentsOf: URL(filePath: folder.file("\($0)/song.\(stem).wav")))
        }
        #expect(files[0] == files[1])
      }
    }
  }

  @Test("JSON is one line a recording, with what a script wants to know")
  func json() async throws {
    try await withFolder { folder in
      for name in ["a", "b"] { try store(noise(channels: 2, frames: 22_050), at: folder.file("\(name).wav")) }
      let outcome = try await separate(
        folder.file("a.wav"), folder.file("b.wav"), "--output", folder.file("out"), "--json")
      #expect(outcome.status == 0 && outcome.lines.count == 2)
      for (line, name) in zip(outcome.lines, ["a", "b"]) {
        let said = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(said["input"] as? String == folder.file("\(name).wav"))
        #expect(said["voice"] as? String == folder.file("out/\(name).voice.wav"))
        #expect(said["accompaniment"] as? String == folder.file("out/\(name).accompaniment.wav"))
        #expect(said["preset"] as? String == "centre")
        #expect(said["sampleRate"] as? Int == 44_100)
        #expect(said["channels"] as? Int == 2)
        #expect(said["frames"] as? Int == 22_050)
        #expect(said["seconds"] as? Double == 0.5)
        #expect(said["nonFinite"] as? Int == 0)
        #expect((said["timesRealTime"] as? Double ?? 0) > 0)
        #expect((said["processorSeconds"] as? Double ?? 0) > 0)
      }
    }
  }

  @Test("Files side by side have the same stems, byte by byte, and are told in the order in which they were named")
  func sideBySide() async throws {
    try await withFolder { folder in
      let names = ["d", "b", "a", "c"]
      // The first takes longest.
      for (index, name) in names.enumerated() {
        try store(noise(channels: 2, frames: 120_000 / (index + 1)), at: folder.file("\(name).wav"))
      }
      let files = names.map { folder.file("\($0).wav") }
      for jobs in ["1", "3"] {
        let outcome = try await Run(
          [Tool.path, "separate", "--preset-path", presets, "--jobs", jobs, "--output", folder.file(jobs)] + files
        ).outcome()
        #expect(outcome.status == 0, "\(outcome.messages)")
        let told = outcome.lines.filter { !$0.hasPrefix(" ") }
        #expect(told.count == 4 && zip(told, files).allSatisfy { $0.hasPrefix("\($1): ") }, "\(told)")
      }
      for name in names {
        for stem in ["voice", "accompaniment"] {
          let stems = try ["1", "3"].map {
            try Data(contentsOf: URL(filePath: folder.file("\($0)/\(name).\(stem).wav")))
          }
          #expect(stems[0] == stems[1])
        }
      }
      #expect(try await separate(files[0], "--jobs", "0").status == 64)
    }
  }

  @Test("Of several failures side by side all are told in order, and the first is the exit status")
  func failuresSideBySide() async throws {
    try await withFolder { folder in
      for name in ["one", "two"] { try store(noise(channels: 1, frames: 60_000), at: folder.file("\(name).wav")) }
      try Data("no sound at all".utf8).write(to: URL(filePath: folder.file("text.wav")))
      let outcome = try await separate(
        folder.file("one.wav"), folder.file("missing.wav"), folder.file("text.wav"), folder.file("two.wav"), "--output",
        folder.path, "--jobs", "4", "--json")
      #expect(outcome.status == 66)
      #expect(outcome.lines.count == 2)
      let complaints = outcome.messages.split(separator: "\n")
      #expect(complaints.count == 2 && complaints[0].contains("missing.wav") && complaints[1].contains("text.wav"))
      for name in ["one", "two"] { #expect(try load(folder.file("\(name).voice.wav")).sound[0].count == 60_000) }
    }
  }

  @Test("A file that is none is named, the others are separated, and what was there before stays")
  func broken() async throws {
    try await withFolder { folder in
      try store(noise(channels: 1, frames: 9_000), at: folder.file("good.wav"))
      try Data("no sound at all".utf8).write(to: URL(filePath: folder.file("text.wav")))
      try Data("before".utf8).write(to: URL(filePath: folder.file("text.voice.wav")))
      let text = try await separate(folder.file("text.wav"), folder.file("good.wav"), "--output", folder.path)
      #expect(text.status == 65)
      #expect(text.messages.hasPrefix("sotto: cannot read '\(folder.file("text.wav"))': "))
      #expect(try Data(contentsOf: URL(filePath: folder.file("text.voice.wav"))) == Data("before".utf8))
      #expect(try load(folder.file("good.voice.wav")).sound[0].count == 9_000)

      // A good header and half of the samples.
      try store(noise(channels: 1, frames: 90_000), at: folder.file("long.flac"), format: .flac16)
      let long = try Data(contentsOf: URL(filePath: folder.file("long.flac")))
      try long.prefix(long.count / 2).write(to: URL(filePath: folder.file("cut.flac")))
      let cut = try await separate(folder.file("cut.flac"), "--output", folder.path)
      #expect(cut.status == 65)
      #expect(cut.messages.contains("cut.flac"))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.filter { $0.contains("cut") } == ["cut.flac"], "\(left)")
    }
  }

  @Test("What is missing is named with a status of its own")
  func missing() async throws {
    try await withFolder { folder in
      let file = try await separate(folder.file("nothing.wav"), "--output", folder.path)
      #expect(file.status == 66)
      #expect(file.messages.contains("nothing.wav"))
      try store(noise(channels: 1, frames: 100), at: folder.file("song.wav"))
      let preset = try await separate(folder.file("song.wav"), "--output", folder.path, preset: "center")
      #expect(preset.status == 66)
      #expect(preset.messages.contains("did you mean \"centre\"?"))
      let place = try await separate(folder.file("song.wav"), "--output", folder.file("song.wav"))
      #expect(place.status == 73)
      #expect(place.messages.contains("'\(folder.file("song.wav"))'"))
      let format = try await separate(folder.file("song.wav"), "--format", "mp3")
      #expect(format.status == 64)
    }
  }

  @Test("Recordings whose stems would meet are refused before anything is written")
  func meeting() async throws {
    try await withFolder { folder in
      try store(noise(channels: 1, frames: 100), at: folder.file("song.wav"))
      try store(noise(channels: 1, frames: 100), at: folder.file("song.flac"), format: .flac16)
      let same = try await separate(folder.file("song.wav"), folder.file("song.flac"), "--output", folder.path)
      #expect(same.status == 64)
      #expect(same.messages.contains("song.flac"))

      try store(noise(channels: 1, frames: 100), at: folder.file("song.voice.wav"))
      let itself = try await separate(folder.file("song.wav"), folder.file("song.voice.wav"), "--output", folder.path)
      #expect(itself.status == 64)
      #expect(try load(folder.file("song.voice.wav")).sound[0].count == 100)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3)
    }
  }

  @Test("Interrupted, it leaves nothing behind")
  func interruption() async throws {
    try await withFolder { folder in
      // An hour of silence that takes no time to make: a header, and a hole in the file after it.
      let bytes = 3600 * 192_000 * 2
      var header = Data("RIFF".utf8)
      func append(_ value: Int, _ count: Int) {
        for byte in 0..<count { header.append(UInt8(value >> (8 * byte) & 255)) }
      }
      append(bytes + 36, 4)
      header.append(contentsOf: "WAVEfmt ".utf8)
      // PCM, one channel, the rate in samples and in bytes, two bytes a sample of 16 bits.
      for (value, count) in [(16, 4), (1, 2), (1, 2), (192_000, 4), (384_000, 4), (2, 2), (16, 2)] {
        append(value, count)
      }
      header.append(contentsOf: "data".utf8)
      append(bytes, 4)
      try header.write(to: URL(filePath: folder.file("long.wav")))
      #expect(truncate(folder.file("long.wav"), off_t(bytes + 44)) == 0)
      let run = try Run([
        Tool.path, "separate", "--preset-path", presets, folder.file("long.wav"), "--output", folder.file("out"),
      ])
      for _ in 0..<6_000 {
        if let begun = try? FileManager.default.contentsOfDirectory(atPath: folder.file("out")), !begun.isEmpty {
          break
        }
        try await Task.sleep(for: .milliseconds(5))
      }
      run.interrupt()
      let outcome = try await run.outcome()
      #expect(outcome.status == 130)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).isEmpty)
    }
  }
}
