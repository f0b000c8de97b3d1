import Foundation
import Testing

@testable import Sound

/// Samples that wait on disk.
@Suite struct SpoolTests {
  @Test func whatIsWrittenInAnyOrderIsReadInAnyOther() throws {
    let folder = try TemporaryFolder()
    var spool = try SampleSpool(folder: folder.path, channels: 2)
    let ramp = (0..<2).map { channel in (0..<10_000).map { Float($0) * (channel == 0 ? 1 : -1) } }
    for start in [7_500, 0, 2_500, 5_000] {
      try spool.write(ramp.map { Array($0[start..<start + 2_500]) }, frames: 2_500, at: start)
    }
    #expect(spool.frames == 10_000)
    for (start, count) in [(9_999, 1), (0, 10_000), (2_400, 300), (5_000, 0)] {
      #expect(try spool.read(frames: count, at: start) == ramp.map { Array($0[start..<start + count]) })
    }
    // Written again, it is the newer.
    try spool.write([[1, 9], [2, 9]], frames: 1, at: 4)
    #expect(try spool.read(frames: 3, at: 3) == [[3, 1, 5], [-3, 2, -5]])
  }

  @Test func nobodySeesIt() throws {
    let folder = try TemporaryFolder()
    var spool = try SampleSpool(folder: folder.path, channels: 1)
    try spool.write([[1, 2, 3]], frames: 3, at: 0)
    #expect(try folder.names() == [])
    #expect(try spool.read(frames: 3, at: 0) == [[1, 2, 3]])
  }

  @Test func aFolderThatIsNotThereIsNamed() throws {
    let folder = try TemporaryFolder()
    var said = ""
    do { _ = try SampleSpool(folder: folder.path + "/none", channels: 1) } catch { said = error.description }
    #expect(said.contains("/none") && said.contains("No such file"))
  }
}
