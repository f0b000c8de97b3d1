import ChildProcess
import Foundation
import Testing

extension SystemTests {
  /// Machines without a screen, and homes that cannot be written to.
  @Suite(.serialized) struct SurroundingsTests {
    @Test func itNeedsNeitherAScreenNorAHomeThatCanBeWritten() throws {
      let server = try JackServer()
      let home = try Home()
      // A file where the folders would be: not even the superuser can write there.
      let file = home.url.appending(path: "file").path
      #expect(FileManager.default.createFile(atPath: file, contents: Data()))
      let daemon = try Daemon(
        server: server.name, preset: "centre", home: home,
        environment: ["HOME": file, "XDG_STATE_HOME": file, "XDG_CONFIG_HOME": file, "XDG_DATA_HOME": file],
        without: ["DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"])
      let status = try daemon.wait(for: "running")
      #expect(status["preset"] as? String == "centre")
      let end = daemon.stop()
      #expect(end.status == 0)
      #expect(end.log.contains("warning: the state could not be saved"), "\(end.log)")
    }

    @Test func itNeedsNoHomeAtAll() throws {
      let server = try JackServer()
      let daemon = try Daemon(
        server: server.name,
        without: ["HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"])
      try daemon.wait(for: "running")
      #expect(daemon.stop().status == 0)
    }

    @Test func theUsualSocketIsInTheRuntimeFolder() throws {
      let home = try Home()
      let process = try ChildProcess(
        Daemon.programs.appending(path: "sottod").path,
        ["--server", "sotto-test-nobody", "--preset", "centre", "--preset-path", Daemon.presets.path],
        environment: ProcessInfo.processInfo.environment.merging(home.environment) { $1 })
      defer { process.wait() }
      defer { process.send(SIGTERM) }
      let socket = home.url.appending(path: "sotto/control.sock").path
      try within(seconds: 10) { FileManager.default.fileExists(atPath: socket) }
      let attributes = try FileManager.default.attributesOfItem(atPath: socket)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      let folder = try FileManager.default.attributesOfItem(atPath: home.url.appending(path: "sotto").path)
      #expect(folder[.posixPermissions] as? Int == 0o700)
    }
  }
}
