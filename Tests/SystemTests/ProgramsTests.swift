import Foundation
import Testing

extension SystemTests {
  @Suite struct ProgramsTests {
    @Test(arguments: ["sottod", "sotto"]) func theProgramsStandBesideTheTests(name: String) {
      let path = Daemon.programs.appending(path: name).path
      #expect(FileManager.default.isExecutableFile(atPath: path), "\(path)")
    }
  }
}
