import Control
import ControlFixtures
import Foundation
import Testing

/// Where a socket stands, who may stand there, and what becomes of what stood there before.
struct PlaceTests {
  private func start(_ path: String) async throws(ControlServerError) -> ControlServer {
    try await ControlServer.start(path: path, handler: ScriptedDaemon(), version: "0.1.0")
  }

  @Test func namesGiveSocketsSideBySide() throws {
    #expect(try ControlPath.socket(runtimeFolder: "/run/user/1000") == "/run/user/1000/sotto/control.sock")
    #expect(try ControlPath.socket(name: "stage", runtimeFolder: "/run/user/1000") == "/run/user/1000/sotto/stage.sock")
    #expect(try ControlPath.socket(runtimeFolder: nil).hasSuffix("/control.sock"))
    #expect(try !ControlPath.socket(runtimeFolder: "relative").hasPrefix("relative"))
    for name in ["", "a/b", "../x", ".", "control"] {
      #expect(throws: ControlPathError.self) { try ControlPath.socket(name: name, runtimeFolder: "/run") }
    }
  }

  @Test func folderAndSocketAreClosedToOthersAndGoneAfterwards() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let server = try await start(folder.file("sotto/control.sock"))
    #expect(try folder.mode(of: "sotto") == 0o700)
    #expect(try folder.mode(of: "sotto/control.sock") == 0o600)
    await server.stop()
    await server.stop()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("sotto")).isEmpty)
  }

  @Test func anOpenFolderOfOursIsClosed() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try FileManager.default.createDirectory(atPath: folder.file("sotto"), withIntermediateDirectories: false)
    chmod(folder.file("sotto"), 0o777)
    let server = try await start(folder.file("sotto/control.sock"))
    #expect(try folder.mode(of: "sotto") == 0o700)
    await server.stop()
  }

  @Test func aLinkInPlaceOfTheFolderIsRefused() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try FileManager.default.createSymbolicLink(atPath: folder.file("sotto"), withDestinationPath: folder.path)
    await #expect(throws: ControlServerError.folderNotOurs(folder: folder.file("sotto"), found: "no folder")) {
      try await start(folder.file("sotto/control.sock"))
    }
  }

  @Test func twoServersStandSideBySideAndNotInOnePlace() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let first = try await start(folder.file("a.sock"))
    let second = try await start(folder.file("b.sock"))
    await #expect(throws: ControlServerError.alreadyServed(path: folder.file("a.sock"))) {
      try await start(folder.file("a.sock"))
    }
    try await blocking {
      for name in ["a.sock", "b.sock"] {
        let status = try ControlClient(path: folder.file(name)).status()
        #expect(status.pid == 4711)
      }
    }
    await first.stop()
    await second.stop()
  }

  @Test func ofManyThatStartAtOnceOneServes() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.file("control.sock")
    try BoundSocket(path).abandon()
    let started = await withTaskGroup { group in
      for _ in 0..<16 { group.addTask { try? await start(path) } }
      return await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
    }
    try #require(started.count == 1)
    #expect(try await blocking { try ControlClient(path: path).hello.program } == "sottod")
    await started[0].stop()
  }

  @Test func theSocketOfADeadDaemonIsReplaced() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.file("control.sock")
    // What a killed daemon leaves: a bound socket that nobody listens at, and a lock file that nobody holds.
    try BoundSocket(path).abandon()
    try "".write(toFile: path + ".lock", atomically: false, encoding: .utf8)
    await #expect(throws: ControlClientError.noDaemon(path: path)) {
      try await blocking { try ControlClient(path: path) }
    }
    let server = try await start(path)
    #expect(try await blocking { try ControlClient(path: path).hello.program } == "sottod")
    await server.stop()
  }

  @Test func aLiveSocketIsLeftAloneAlsoWithoutALock() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let other = try BoundSocket(folder.file("control.sock"))
    other.listen()
    await #expect(throws: ControlServerError.alreadyServed(path: folder.file("control.sock"))) {
      try await start(folder.file("control.sock"))
    }
    // Nobody has taken its place: its owner can still be reached.
    async let served = blocking { (0..<2).map { _ in other.serve(["still here"]) } }
    #expect(try await blocking { try RawClient(folder.file("control.sock")).line() } == "still here")
    _ = try await served
  }

  @Test func aFileInTheSocketsPlaceIsLeftAlone() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try "a letter".write(toFile: folder.file("control.sock"), atomically: true, encoding: .utf8)
    await #expect(throws: ControlServerError.notSocket(path: folder.file("control.sock"))) {
      try await start(folder.file("control.sock"))
    }
    #expect(try String(contentsOfFile: folder.file("control.sock"), encoding: .utf8) == "a letter")
  }

  @Test func aPathThatNoSocketCanHaveIsRefused() async throws {
    let path = "/tmp/" + String(repeating: "x", count: 104)
    await #expect(throws: ControlServerError.badPath(path: path)) { try await start(path) }
    #expect(ControlServerError.badPath(path: path).description.contains("found 109 bytes, expected 1 to 107"))
  }
}
