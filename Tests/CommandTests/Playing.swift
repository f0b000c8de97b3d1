import Control
import ControlFixtures

/// Serves a daemon at a socket of its own while `body` runs the program against it.
func playing(
  _ daemon: ScriptedDaemon = ScriptedDaemon(), _ body: (Tool, ControlServer) async throws -> Void
) async throws {
  let folder = try TemporaryFolder()
  defer { folder.remove() }
  let server = try await ControlServer.start(path: folder.file("control.sock"), handler: daemon, version: "0.1.0")
  do {
    try await body(Tool(socket: server.path), server)
  } catch {
    await server.stop()
    throw error
  }
  await server.stop()
}
