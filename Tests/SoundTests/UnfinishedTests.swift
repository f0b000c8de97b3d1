import Foundation
import Testing

@testable import Sound

/// A file is there when it is whole, and not before.
@Suite struct UnfinishedTests {
  @Test func nothingIsUnderTheNameBeforeTheEnd() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/voice.wav"
    var writer = try SoundWriter(path: path, sampleRate: 48_000, channels: 1)
    try writer.write(interleaved: [1, 2, 3], frames: 3)
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try folder.names().allSatisfy { $0.hasPrefix(".") })
    try writer.finish()
    #expect(try folder.names() == ["voice.wav"])
  }

  @Test func aWriterThatGoesAwayLeavesNothing() throws {
    let folder = try TemporaryFolder()
    func giveUp() throws {
      var writer = try SoundWriter(path: folder.path + "/voice.wav", sampleRate: 48_000, channels: 1)
      try writer.write(interleaved: [1, 2, 3], frames: 3)
    }
    try giveUp()
    #expect(try folder.names() == [])
  }

  @Test func theOldFileStaysUntilTheNewOneIsWhole() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/voice.wav"
    for value: Float in [1, 2] {
      var writer = try SoundWriter(path: path, sampleRate: 48_000, channels: 1)
      try writer.write(interleaved: [value], frames: 1)
      if value == 2 {
        var reader = try SoundReader(path: path)
        #expect(try reader.readAll() == [[1]])
      }
      try writer.finish()
    }
    var reader = try SoundReader(path: path)
    #expect(try reader.readAll() == [[2]])
  }

  @Test func aFullDiskIsToldAndLeavesNothing() async {
    // In a process of its own, whose files may not grow beyond 64 KiB.
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 65_536, rlim_max: 65_536)
      try #require(setrlimit(__rlimit_resource_t(1), &limit) == 0)  // RLIMIT_FSIZE
      var said = ""
      do {
        var writer = try SoundWriter(path: folder.path + "/voice.wav", sampleRate: 48_000, channels: 1)
        try writer.write(interleaved: [Float](repeating: 0.5, count: 100_000), frames: 100_000)
        try writer.finish()
      } catch let error as SoundError { said = error.description }
      try #require(said.contains("File too large"))
      try #require(try folder.names() == [])
    }
  }
}
