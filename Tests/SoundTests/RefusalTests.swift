import Foundation
import Testing

@testable import Sound

/// What a person reads when a file cannot be read or written.
@Suite struct RefusalTests {
  private func message(_ body: () throws(SoundError) -> Void) -> String {
    do { try body() } catch { return error.description }
    return "no error"
  }

  private func reading(_ path: String) -> String {
    message { () throws(SoundError) in
      var reader = try SoundReader(path: path)
      _ = try reader.readAll()
    }
  }

  private func writing(_ path: String, channels: Int = 1, rate: Int = 48_000, format: SoundFormat = .float) -> String {
    message { () throws(SoundError) in
      var writer = try SoundWriter(path: path, sampleRate: rate, channels: channels, format: format)
      try writer.write(interleaved: [Float](repeating: 0, count: channels), frames: 1)
      try writer.finish()
    }
  }

  @Test func aMissingFileIsNamed() {
    #expect(reading("/nowhere/song.wav") == "cannot read '/nowhere/song.wav': No such file or directory")
  }

  @Test func aFolderIsNotASound() throws {
    let folder = try TemporaryFolder()
    #expect(reading(folder.path) == "cannot read '\(folder.path)': it is a folder")
    #expect(
      writing(folder.path) == "cannot write '\(folder.path)': it is there already and is not a regular file")
  }

  @Test func aDeviceIsNeitherReadNorReplaced() {
    #expect(reading("/dev/zero") == "cannot read '/dev/zero': it is not a regular file")
    #expect(writing("/dev/null") == "cannot write '/dev/null': it is there already and is not a regular file")
  }

  @Test func anEmptyFileIsSaidToBeEmpty() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/empty.wav"
    try Data().write(to: URL(filePath: path))
    #expect(reading(path) == "cannot read '\(path)': the file is empty")
  }

  @Test func garbageIsRefusedWithTheReasonOfLibsndfile() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/song.wav"
    try Data("this is not a sound at all, whatever its name says".utf8).write(to: URL(filePath: path))
    #expect(reading(path).hasPrefix("cannot read '\(path)': "))
    #expect(reading(path).contains("ormat not recognised"))
  }

  @Test func aFileThatBreaksOffSaysWhere() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/song.flac"
    let planes = noise(channels: 2, frames: 100_000)
    var writer = try SoundWriter(path: path, sampleRate: 48_000, channels: 2, format: .flac16)
    try writer.write(planar: planes, frames: 100_000)
    try writer.finish()
    let whole = try Data(contentsOf: URL(filePath: path))
    try whole.prefix(whole.count / 2).write(to: URL(filePath: path))
    let said = reading(path)
    #expect(said.hasPrefix("cannot read '\(path)' beyond frame "))
    #expect(said.contains(" of 100000: "))
  }

  @Test func noPrefixOfAHeaderCrashes() throws {
    let folder = try TemporaryFolder()
    for format in SoundFormat.allCases {
      let path = "\(folder.path)/whole.\(format.fileExtension)"
      var writer = try SoundWriter(path: path, sampleRate: 48_000, channels: 2, format: format)
      try writer.write(planar: noise(channels: 2, frames: 50), frames: 50)
      try writer.finish()
      let whole = try Data(contentsOf: URL(filePath: path))
      for length in 1..<min(whole.count, 200) {
        let cut = folder.path + "/cut"
        try whole.prefix(length).write(to: URL(filePath: cut))
        let said = reading(cut)
        #expect(said == "no error" || said.hasPrefix("cannot read '\(cut)'"))
      }
    }
  }

  @Test func aMissingFolderIsNotMade() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/missing/voice.wav"
    #expect(writing(path) == "cannot write '\(path)': No such file or directory")
    #expect(try folder.names() == [])
  }

  @Test func aFormatThatCannotHoldItIsNamed() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.flac"
    #expect(
      writing(path, channels: 9, format: .flac24)
        == "cannot write '\(path)': flac24 does not hold 9 channels at 48000 Hz")
    #expect(writing(path, channels: 0).contains("does not hold 0 channels"))
    #expect(writing(path, rate: 0).contains("at 0 Hz"))
    #expect(try folder.names() == [])
  }
}
