import ControlFixtures
import Foundation
import Testing

/// Lists of clips, which `sotto evaluate` takes as it takes folders.
extension EvaluateTests {
  /// The clips a, b and c in `clips`, and the song d in `songs`.
  private func storeAll(in folder: TemporaryFolder) throws {
    for (index, name) in ["a", "b", "c"].enumerated() {
      try storeClip(name, seed: index + 1, seconds: 0.8, in: folder)
    }
    let (voice, accompaniment) = sources(seed: 4, seconds: 0.8)
    try store([voice], at: folder.file("songs/d/voice.wav"))
    try store([accompaniment], at: folder.file("songs/d/accompaniment.wav"))
  }

  private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  /// The clips that a list stands for.
  private func names(_ outcome: Tool.Outcome) -> [String] {
    outcome.lines.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
  }

  @Test("A list names clips and songs, a line each, from its own folder, whatever its lines end in")
  func list() async throws {
    try await withFolder { folder in
      try storeAll(in: folder)
      for (name, end) in [("list.txt", "\n"), ("list", "\r\n")] {
        let lines = ["\u{FEFF}# the first", "", "  b.wav\t", "#c.wav", "../songs/d", folder.file("clips/a.wav")]
        try write(lines.joined(separator: end), to: folder.file("clips/\(name)"))
        let outcome = try await evaluate([folder.file("clips/\(name)"), "--mixtures", folder.file("mixtures")])
        #expect(outcome.status == 0 && names(outcome) == ["b", "d", "a"], "\(outcome.messages)")
      }
      let beside = try await evaluate([
        folder.file("clips/list.txt"), folder.file("clips/c.wav"), "--preset", "passthrough", "--json",
      ])
      #expect(beside.status == 0 && beside.output.contains("\"clips\":4"), "\(beside.messages)")
    }
  }

  @Test("A list comes from standard input, too, its names from the folder that one is in")
  func input() async throws {
    try await withFolder { folder in
      try storeAll(in: folder)
      let (clips, tool) = (folder.file("clips"), "'\(Tool.path)' evaluate -")
      func shell(_ command: String) async throws -> Tool.Outcome {
        try await Run(["/bin/sh", "-c", command]).outcome()
      }
      let outcome = try await shell("cd '\(clips)' && printf 'a.wav\\n../songs/d\\n' | \(tool) --mixtures mixtures")
      #expect(outcome.status == 0 && names(outcome) == ["a", "d"], "\(outcome.messages)")
      let wrong = try await shell("echo nothing | \(tool)")
      #expect(wrong.status == 66 && wrong.messages.contains("standard input:1: found nothing"))
      let sound = try await shell("\(tool) <'\(clips)/a.wav'")
      #expect(sound.status == 65 && sound.messages.contains("standard input: found no text, expected"))
    }
  }

  @Test("What a list cannot mean is refused by its line, before anything is measured")
  func wrongLines() async throws {
    try await withFolder { folder in
      try storeAll(in: folder)
      let (voice, _) = sources(seed: 1, seconds: 0.8)
      try store([voice], at: folder.file("songs/half/voice.wav"))
      let list = folder.file("clips/list.txt")
      for (line, status, message) in [
        ("e.wav", 66, "list.txt:3: found nothing to read at \"\(folder.file("clips/e.wav"))\", expected a clip or"),
        ("../songs", 65, "list.txt:3: found \"../songs\", expected a file of two channels"),
        ("list.txt", 65, "list.txt:3: found \"list.txt\", expected a file of two channels"),
        ("../songs/half", 65, "list.txt:3: '\(folder.file("clips"))/../songs/half': found a voice and no"),
        ("../clips/a.wav", 64, "list.txt:3: found a second clip called \"a\", expected another name than on line 1"),
      ] as [(String, Int32, String)] {
        try write("a.wav\n\n\(line)\nb.wav\n", to: list)
        let outcome = try await evaluate([list, "--mixtures", folder.file("mixtures")])
        #expect(outcome.status == status && outcome.messages.contains(message), "\(outcome.messages)")
        #expect(outcome.lines.isEmpty)
      }
      try write("# none\n\n", to: list)
      let empty = try await evaluate([list])
      #expect(empty.status == 66 && empty.messages.contains("list.txt: found no clip, expected one"))
      // What is no text is sound of an ending that is not known, or none at all.
      try Data([0x52, 0, 0xFF]).write(to: URL(filePath: list))
      #expect(try await evaluate([list]).messages.contains("cannot read '\(list)'"))
    }
  }
}
