import Foundation
import Testing

@testable import Sound

@Suite struct RoundTripTests {
  static let rates = [8_000, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000]

  @Test(arguments: rates, [1, 2, 5]) func floatsComeBackUnchanged(rate: Int, channels: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.wav"
    var planes = noise(channels: channels, frames: 10_007)
    planes[0][3] = 17.25  // beyond full scale
    planes[0][5] = .leastNonzeroMagnitude
    var writer = try SoundWriter(path: path, sampleRate: rate, channels: channels)
    try writer.write(planar: planes, frames: 10_000)
    try writer.write(planar: planes.map { Array($0.suffix(7)) }, frames: 7)
    try writer.finish()
    #expect(writer.frames == 10_007)

    var reader = try SoundReader(path: path)
    #expect(reader.sampleRate == rate)
    #expect(reader.channels == channels)
    #expect(reader.frames == 10_007)
    #expect(try reader.readAll() == planes)
    #expect(reader.position == 10_007)
  }

  @Test func samplesThatAreNotFiniteAreKept() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.wav"
    var writer = try SoundWriter(path: path, sampleRate: 48_000, channels: 1)
    try writer.write(interleaved: [1, .infinity, -.infinity, .nan, -1], frames: 5)
    try writer.finish()
    var reader = try SoundReader(path: path)
    let samples = try reader.readAll()[0]
    #expect(samples[0] == 1)
    #expect(samples[1] == .infinity)
    #expect(samples[2] == -.infinity)
    #expect(samples[3].isNaN)
    #expect(samples[4] == -1)
  }

  @Test(arguments: [SoundFormat.pcm16, .pcm24, .flac16, .flac24])
  func integersAreRoundedAndLimited(format: SoundFormat) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/a.\(format.fileExtension)"
    let bits = try #require(format.integerBits)
    let step = 1 / Float(1 << (bits - 1))
    let given: [Float] = [0, 0.5, -1, 3, -3, .infinity, .nan, 2.4 * step, -0.6 * step]
    var writer = try SoundWriter(path: path, sampleRate: 44_100, channels: 1, format: format)
    try writer.write(interleaved: given, frames: given.count)
    try writer.finish()
    var reader = try SoundReader(path: path)
    #expect(try reader.readAll()[0] == [0, 0.5, -1, 1 - step, -1, 1 - step, 0, 2 * step, -step])
  }

  @Test(arguments: [SoundFormat.pcm16, .pcm24, .flac16, .flac24])
  func integersComeThroughASecondFileUnchanged(format: SoundFormat) throws {
    let folder = try TemporaryFolder()
    func copy(_ planes: [[Float]], _ name: String) throws -> [[Float]] {
      let path = "\(folder.path)/\(name).\(format.fileExtension)"
      var writer = try SoundWriter(path: path, sampleRate: 48_000, channels: 2, format: format)
      try writer.write(planar: planes, frames: planes[0].count)
      try writer.finish()
      var reader = try SoundReader(path: path)
      return try reader.readAll()
    }
    let once = try copy(noise(channels: 2, frames: 5_000), "once")
    #expect(try copy(once, "twice") == once)
  }

  @Test func blocksOfAnySizeAddUpToTheFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.flac"
    let planes = noise(channels: 3, frames: 4_999)
    var writer = try SoundWriter(path: path, sampleRate: 48_000, channels: 3, format: .flac24)
    try writer.write(planar: planes, frames: 4_999)
    try writer.finish()

    var reader = try SoundReader(path: path)
    var block = [[Float]](repeating: [Float](repeating: 0, count: 480), count: 3)
    var read: [[Float]] = [[], [], []]
    var counts: [Int] = []
    repeat {
      counts.append(try reader.read(planar: &block))
      for channel in 0..<3 { read[channel] += block[channel].prefix(counts[counts.count - 1]) }
    } while counts.last != 0
    #expect(counts.dropLast(2).allSatisfy { $0 == 480 })
    #expect(counts.suffix(2) == [199, 0])
    #expect(read == planes)
  }

  @Test func theSameSamplesMakeTheSameFileAtAnotherTime() throws {
    let folder = try TemporaryFolder()
    let planes = noise(channels: 2, frames: 10)
    for name in ["a", "b"] {
      var writer = try SoundWriter(path: "\(folder.path)/\(name).wav", sampleRate: 48_000, channels: 2)
      try writer.write(planar: planes, frames: 10)
      try writer.finish()
      Thread.sleep(forTimeInterval: 1.1)  // time stamps in sound files are whole seconds
    }
    let a = try Data(contentsOf: URL(filePath: folder.path + "/a.wav"))
    let b = try Data(contentsOf: URL(filePath: folder.path + "/b.wav"))
    #expect(a == b)
    #expect(a.prefix(4) == Data("RIFF".utf8), "a short file is plain WAV")
  }

  @Test func aFileWithoutFramesIsASound() throws {
    let folder = try TemporaryFolder()
    var writer = try SoundWriter(path: folder.path + "/a.wav", sampleRate: 48_000, channels: 2)
    try writer.finish()
    var reader = try SoundReader(path: folder.path + "/a.wav")
    #expect(reader.frames == 0)
    #expect(try reader.readAll() == [[], []])
  }
}
