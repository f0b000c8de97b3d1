import ControlFixtures
import Foundation
import Sound
import Testing

/// What `sotto evaluate` says of clips whose stems are known.
struct EvaluateTests {
  func evaluate(_ arguments: [String]) async throws -> Tool.Outcome {
    try await Run([Tool.path, "evaluate", "--preset-path", presets] + arguments).outcome()
  }

  func withFolder(_ body: (TemporaryFolder) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try await body(folder)
  }

  private let rate = 8000

  /// A voice that glides and pauses for its first 0.6 s, and a chord with hiss; different for each seed.
  func sources(seed: Int, seconds: Double = 1.5) -> (voice: [Float], accompaniment: [Float]) {
    let frames = Int(seconds * Double(rate))
    var state = UInt64(seed)
    var phase = 0.0
    var voice: [Float] = []
    var accompaniment: [Float] = []
    for frame in 0..<frames {
      let time = Double(frame) / Double(rate)
      phase += (250 + 10 * Double(seed) + 60 * sin(9 * time)) / Double(rate)
      voice.append(time < 0.6 ? 0 : Float(0.2 * sin(2 * .pi * phase) + 0.1 * sin(6 * .pi * phase)))
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let hiss = Double(Int32(truncatingIfNeeded: state >> 32)) / Double(Int32.max)
      let chord = [110.0, 166, 220, 880].reduce(0) { $0 + sin(2 * .pi * $1 * time) }
      accompaniment.append(Float(0.05 * chord + 0.02 * hiss))
    }
    return (voice, accompaniment)
  }

  func store(_ sound: [[Float]], at path: String, rate: Int? = nil) throws {
    try FileManager.default.createDirectory(
      atPath: URL(filePath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
    var writer = try SoundWriter(path: path, sampleRate: rate ?? self.rate, channels: sound.count)
    try writer.write(planar: sound, frames: sound[0].count)
    try writer.finish()
  }

  /// Left the accompaniment, right the voice.
  func storeClip(_ name: String, seed: Int, seconds: Double = 1.5, in folder: TemporaryFolder) throws {
    let (voice, accompaniment) = sources(seed: seed, seconds: seconds)
    try store([accompaniment, voice], at: folder.file("clips/\(name).wav"))
  }

  private struct Said: Decodable {
    struct Quartet: Decodable { var sdr, isr, sir, sar: Double? }
    struct Figures: Decodable {
      var nsdr, sdr, sir, sar: Double?
      var images, v4: Quartet?
      var usdr, siSDR, leakage: Double?
      var leakageSeconds: Double
    }
    struct Score: Decodable {
      var clip: String
      var rate, samples: Int
      var voice, accompaniment: Figures
    }
    struct System: Decodable {
      var name, kind: String
      var clips: Int
      var voice, accompaniment: Figures
      var scores: [Score]
    }
    struct Loss: Decodable {
      var clip: String
      var system: String?
      var status: Int
      var message: String
    }
    var clips: Int
    var seconds: Double
    var systems: [System]
    var failures: [Loss]
  }

  private func said(_ outcome: Tool.Outcome) throws -> Said {
    #expect(outcome.lines.count == 1)
    return try JSONDecoder().decode(Said.self, from: Data(outcome.output.utf8))
  }

  @Test("A voice that is the mixture is worth nothing over it, and leaks all of it")
  func passthrough() async throws {
    try await withFolder { folder in
      try storeClip("a", seed: 1, in: folder)
      let outcome = try await evaluate([folder.file("clips"), "--preset", "passthrough", "--json"])
      #expect(outcome.status == 0 && outcome.messages.isEmpty, "\(outcome.messages)")
      let said = try said(outcome)
      #expect(said.clips == 1 && said.seconds == 1.5 && said.failures.isEmpty && said.systems.count == 1)
      let system = said.systems[0]
      #expect(system.name == "passthrough" && system.kind == "preset" && system.clips == 1)
      #expect(system.scores.map(\.clip) == ["a"] && system.scores[0].rate == rate && system.scores[0].samples == 12_000)
      #expect(abs(try #require(system.voice.nsdr)) < 1e-3)
      // Equal energies: the error is as large as the voice, but for how alike the two happen to be.
      #expect(abs(try #require(system.voice.usdr)) < 0.01)
      #expect(abs(try #require(system.voice.leakage)) < 0.01)
      #expect(abs(system.voice.leakageSeconds - 0.6) < 0.011 && system.accompaniment.leakageSeconds == 0)
      #expect(system.accompaniment.leakage == nil)
    }
  }

  @Test("What separate makes of the mixtures has the same figures as the preset, and the sources themselves the best")
  func estimates() async throws {
    try await withFolder { folder in
      for (index, name) in ["a", "b"].enumerated() { try storeClip(name, seed: index + 1, in: folder) }
      let mixed = try await evaluate([folder.file("clips"), "--mixtures", folder.file("mixtures")])
      #expect(mixed.status == 0 && mixed.lines == ["a", "b"].map { folder.file("mixtures/\($0).wav") })
      let made = try await Run([
        Tool.path, "separate", "--preset-path", presets, "--preset", "svsgan", "--output", folder.file("stems"),
        folder.file("mixtures/a.wav"), folder.file("mixtures/b.wav"),
      ]).outcome()
      #expect(made.status == 0)
      for name in ["a", "b"] {
        var reader = try SoundReader(path: folder.file("clips/\(name).wav"))
        let clip = try reader.readAll()
        // Half as loud: version 3 does not mind.
        try store([clip[1].map { $0 / 2 }], at: folder.file("true/\(name)/vocals.wav"))
        try store([clip[0].map { $0 / 2 }], at: folder.file("true/\(name)/accompaniment.wav"))
      }
      let outcome = try await evaluate([
        folder.file("clips"), "--preset", "svsgan", "--estimates", folder.file("stems"), "--estimates",
        folder.file("true"), "--json",
      ])
      #expect(outcome.status == 0, "\(outcome.messages)")
      let systems = try said(outcome).systems
      #expect(systems.map(\.name) == ["svsgan", "stems", "true"])
      #expect(systems.map(\.kind) == ["preset", "estimates", "estimates"])
      let figures: [KeyPath<Said.Figures, Double?>] = [\.nsdr, \.sir, \.sar, \.images?.isr, \.v4?.sdr, \.usdr, \.siSDR]
      for figure in figures {
        for stem in [\Said.System.voice, \.accompaniment] {
          let values = try systems.prefix(2).map { try #require($0[keyPath: stem][keyPath: figure]) }
          #expect(abs(values[0] - values[1]) < 1e-6)
        }
      }
      let best = systems[2]
      #expect(try #require(best.voice.nsdr) > 60)
      #expect(try #require(best.accompaniment.siSDR) > 60)
    }
  }

  @Test("Clips count by their length, and the figures do not depend on how many run at once")
  func weights() async throws {
    try await withFolder { folder in
      try storeClip("long", seed: 1, seconds: 2.4, in: folder)
      try storeClip("short", seed: 2, seconds: 0.8, in: folder)
      var outputs: [Said.System] = []
      for jobs in ["1", "3"] {
        let outcome = try await evaluate([
          folder.file("clips/long.wav"), folder.file("clips/short.wav"), "--preset", "svsgan", "--jobs", jobs, "--json",
        ])
        outputs.append(try #require(try said(outcome).systems.first))
      }
      let scores = outputs[0].scores
      #expect(scores.map(\.clip) == ["long", "short"])
      for figure in [\Said.Figures.nsdr, \.sir, \.sar] {
        let (long, short) = (
          try #require(scores[0].voice[keyPath: figure]), try #require(scores[1].voice[keyPath: figure])
        )
        #expect(abs(try #require(outputs[0].voice[keyPath: figure]) - (3 * long + short) / 4) < 1e-9)
        #expect(outputs[0].voice[keyPath: figure] == outputs[1].voice[keyPath: figure])
      }
      #expect(
        abs(try #require(outputs[0].voice.usdr) * 2 - scores.compactMap(\.voice.usdr).reduce(0, +)) < 1e-9)
    }
  }

  @Test("Oracle masks are the bound, in a table, CSV and a page that stands alone")
  func outputs() async throws {
    try await withFolder { folder in
      for (index, name) in ["a & <b>", "c", "d, \"e\""].enumerated() {
        try storeClip(name, seed: index + 1, seconds: 1, in: folder)
      }
      let outcome = try await evaluate([
        folder.file("clips"), "--preset", "\(presets)/centre.toml", "--oracle", "--csv", folder.file("scores.csv"),
        "--html",
        folder.file("report.html"), "--show", "2",
      ])
      #expect(outcome.status == 0, "\(outcome.messages)")
      let names = ["centre", "oracle ratio", "oracle binary", "oracle wiener"]
      for name in names { #expect(outcome.lines.contains { $0.hasPrefix(name) }) }

      let csv = try String(contentsOfFile: folder.file("scores.csv"), encoding: .utf8).split(separator: "\n")
      #expect(csv.count == 1 + names.count * 3 * 2)
      #expect(csv[0].hasPrefix("system,kind,clip,rate,samples,stem,nsdr,"))
      #expect(csv.contains { $0.hasPrefix("oracle wiener,oracle,\"d, \"\"e\"\"\",8000,8000,accompaniment,") })
      let columns = csv[0].split(separator: ",").count
      #expect(
        csv.filter { $0.contains(",c,") }.allSatisfy {
          $0.split(separator: ",", omittingEmptySubsequences: false).count == columns
        })
      // Voice NSDR of clip c, a mask that guesses and one that knows.
      func nsdr(_ system: String) throws -> Double {
        let line = try #require(
          csv.first { $0.hasPrefix("\(system),") && $0.contains(",c,") && $0.contains(",voice,") })
        return try #require(Double(line.split(separator: ",", omittingEmptySubsequences: false)[6]))
      }
      #expect(try nsdr("oracle wiener") > nsdr("centre") + 5)

      let page = try String(contentsOfFile: folder.file("report.html"), encoding: .utf8)
      #expect(page.contains("a &amp; &lt;b&gt;") && !page.contains("a & <b>"))
      #expect(!page.contains("<script") && !page.contains("://") && !page.contains("url("))
      // Two clips: mixture, two sources, and of each system two stems and a mask; sound for all but masks.
      #expect(page.components(separatedBy: "data:image/png;base64,").count == 1 + 2 * (3 + 3 * names.count))
      #expect(page.components(separatedBy: "data:audio/flac;base64,").count == 1 + 2 * (3 + 2 * names.count))
      #expect(page.components(separatedBy: "<svg").count == 1 + 6)
      // Of a second at 8 kHz there are 35 frames, of whose 512 bands each point has some.
      let pictures = try await Run(["/usr/bin/env", "python3", "-c", Self.pictures, folder.file("report.html")])
        .outcome()
      #expect(Set(pictures.lines) == ["35 160"], "\(pictures.messages)")
      let sound = try #require(page.components(separatedBy: "data:audio/flac;base64,")[1].split(separator: "\"").first)
      try #require(Data(base64Encoded: String(sound))).write(to: URL(filePath: folder.file("heard.flac")))
      var heard = try SoundReader(path: folder.file("heard.flac"))
      // The mixture: at -20 dBFS.
      let power = try heard.readAll()[0].reduce(0.0) { $0 + Double($1) * Double($1) } / 8000
      #expect(heard.sampleRate == rate && abs(power - 0.01) < 1e-5)
      #expect(page.contains(": worst") && page.contains(": best") && !page.contains(": median"))
    }
  }

  /// Prints width and height of each PNG inside a page, once its checksums and its length are right.
  private static let pictures = """
    import base64, re, struct, sys, zlib
    for text in re.findall('data:image/png;base64,([^"]+)', open(sys.argv[1]).read()):
        data, place, body = base64.b64decode(text), 8, b""
        while place < len(data):
            (count,), kind = struct.unpack(">I", data[place:place + 4]), data[place + 4:place + 8]
            chunk = data[place + 8:place + 8 + count]
            assert zlib.crc32(kind + chunk) == struct.unpack(">I", data[place + 8 + count:place + 12 + count])[0]
            if kind == b"IHDR": width, height = struct.unpack(">II", chunk[:8])
            if kind == b"IDAT": body += chunk
            place += 12 + count
        assert len(zlib.decompress(body)) == (width + 1) * height
        print(width, height)
    """

  @Test("Folders of stems are mixed as they are, MUSDB18's parts added up")
  func stems() async throws {
    try await withFolder { folder in
      let (voice, accompaniment) = sources(seed: 4)
      let third = accompaniment.map { $0 / 4 }
      try store([voice, voice], at: folder.file("set/one/vocals.wav"))
      for (name, part) in [("bass", third), ("drums", third), ("other", accompaniment.map { $0 / 2 })] {
        try store([part, part], at: folder.file("set/one/\(name).wav"))
      }
      try store([voice, voice], at: folder.file("set/two/voice.wav"))
      try store([accompaniment, accompaniment], at: folder.file("set/two/accompaniment.wav"))
      let outcome = try await evaluate([folder.file("set"), "--preset", "passthrough", "--json"])
      #expect(outcome.status == 0, "\(outcome.messages)")
      let scores = try said(outcome).systems[0].scores
      #expect(scores.map(\.clip) == ["one", "two"])
      let level = { (x: [Float]) in x.reduce(0.0) { $0 + Double($1) * Double($1) } }
      for score in scores {
        #expect(abs(try #require(score.voice.usdr) - 10 * log10(level(voice) / level(accompaniment))) < 0.01)
      }
    }
  }

  @Test("What a decoder makes of silence is silence")
  func decoded() async throws {
    try await withFolder { folder in
      // The voice's first half of four seconds pauses, exactly or nearly.
      let (voice, accompaniment) = sources(seed: 3, seconds: 4)
      for (name, silence) in [("exact", Float(0)), ("nearly", 1e-33)] {
        let stem = voice.enumerated().map { $0.offset < 2 * rate ? silence : $0.element }
        try store([stem], at: folder.file("set/\(name)/voice.wav"))
        try store([accompaniment], at: folder.file("set/\(name)/accompaniment.wav"))
      }
      let scores = try said(try await evaluate([folder.file("set"), "--preset", "svsgan", "--json"])).systems[0].scores
      #expect(scores[0].voice.v4?.sdr == scores[1].voice.v4?.sdr)
      #expect(try #require(scores[1].voice.v4?.sdr) > -40)
    }
  }

  @Test("What is of no use is named, and does not lose the others' figures")
  func failures() async throws {
    try await withFolder { folder in
      try storeClip("good", seed: 1, in: folder)
      let (voice, accompaniment) = sources(seed: 2)
      var broken = voice
      broken[77] = .nan
      try store([voice], at: folder.file("clips/mono.wav"))
      try store([accompaniment, broken], at: folder.file("clips/nan.wav"))
      try store([accompaniment, voice.map { _ in 0 }], at: folder.file("clips/silent.wav"))
      try store([voice], at: folder.file("clips/pair/voice.wav"))
      try store([voice], at: folder.file("clips/lengths/voice.wav"))
      try store([accompaniment.dropLast()].map(Array.init), at: folder.file("clips/lengths/accompaniment.wav"))
      try store([voice], at: folder.file("clips/rates/voice.wav"))
      try store([accompaniment], at: folder.file("clips/rates/accompaniment.wav"), rate: 16_000)
      try Data("no sound at all".utf8).write(to: URL(filePath: folder.file("clips/text.wav")))
      try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
      let outcome = try await evaluate([
        folder.file("clips"), "--preset", "passthrough", "--estimates", folder.file("empty"), "--json",
      ])
      #expect(outcome.status == 66)
      let said = try said(outcome)
      #expect(said.clips == 1 && said.systems[0].scores.map(\.clip) == ["good"] && said.systems[1].clips == 0)
      func message(_ clip: String) -> String { said.failures.first { $0.clip == clip }?.message ?? "" }
      #expect(said.failures.count == 8)
      #expect(message("mono").contains("mono.wav': found 1 channel, expected 2"))
      #expect(message("nan").contains("nan.wav': found nan at frame 77"))
      #expect(message("silent").contains("the voice is silent"))
      #expect(message("pair").contains("found a voice and no accompaniment"))
      #expect(message("lengths").contains("11999 samples") && message("lengths").contains("12000 samples"))
      #expect(message("rates").contains("16000 Hz") && message("rates").contains("8000 Hz"))
      #expect(message("text").contains("cannot read"))
      #expect(
        message("good").contains("no voice of good") && said.failures.first { $0.clip == "good" }?.system == "empty")
      #expect(outcome.messages.split(separator: "\n").count == 8)
    }
  }

  @Test("Estimates of another shape are refused by name, and so is what is not there")
  func refusals() async throws {
    try await withFolder { folder in
      try storeClip("a", seed: 1, in: folder)
      let (voice, accompaniment) = sources(seed: 1)
      try store([voice, voice], at: folder.file("stems/a.voice.wav"))
      try store([accompaniment], at: folder.file("stems/a.accompaniment.wav"))
      let shape = try await evaluate([folder.file("clips"), "--estimates", folder.file("stems")])
      #expect(shape.status == 65)
      #expect(
        shape.messages.contains("a.voice.wav': found 8000 Hz, 2 channels, 12000 samples, expected 8000 Hz, 1 channel"))
      #expect(try await evaluate([folder.file("nothing")]).status == 66)
      #expect(try await evaluate([folder.file("stems/..")]).status == 66)
      #expect(try await evaluate([folder.file("clips"), "--preset", "center"]).messages.contains("centre"))
      #expect(try await evaluate([folder.file("clips"), folder.file("clips/a.wav")]).status == 64)
      #expect(try await evaluate([folder.file("clips"), "--jobs", "0"]).status == 64)
      let place = try await evaluate([
        folder.file("clips"), "--preset", "passthrough", "--csv", folder.file("nowhere/scores.csv"),
      ])
      #expect(place.status == 73 && place.messages.contains("nowhere/scores.csv"))
      // What was measured is told nevertheless.
      #expect(place.lines.contains { $0.hasPrefix("passthrough") })
    }
  }

  @Test(
    "On MIR-1K's dev clips svsgan has the figures that training measured",
    .enabled(if: data != nil, "SOTTO_DATA is not set: needs the folder of recordings, with mir1k in it"))
  func trained() async throws {
    let folder = try #require(data) + "/mir1k/dev"
    let said = try said(try await evaluate([folder, "--preset", "svsgan", "--json"]))
    // The engine's frames in single precision, against those of PyTorch that the weights file quotes to 0.001 dB.
    let model = try await Tool.bare("check", "\(presets)/svsgan.safetensors", "--json")
    let value = try #require(try JSONSerialization.jsonObject(with: Data(model.output.utf8)) as? [String: Any])
    let quality = try #require((value["model"] as? [String: Any])?["quality"] as? [String: Any])
    let dev = try #require(quality["dev"] as? [String: Any])
    #expect(said.clips == dev["clips"] as? Int)
    let system = try #require(said.systems.first)
    for (name, figures) in [("voice", system.voice), ("accompaniment", system.accompaniment)] {
      for (kind, figure) in [("gnsdr", figures.nsdr), ("gsir", figures.sir), ("gsar", figures.sar)] {
        let expected = try #require(dev["\(name)_\(kind)"] as? Double)
        #expect(abs(try #require(figure) - expected) < 0.001, "\(name) \(kind)")
      }
    }
  }
}

private let data = ProcessInfo.processInfo.environment["SOTTO_DATA"]
