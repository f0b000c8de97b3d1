import Control
import ControlFixtures

/// Serves a scripted daemon in a folder of its own while `body` runs.
func serving<Result: Sendable>(
  _ daemon: any ControlHandler = ScriptedDaemon(), limits: ControlLimits = ControlLimits(),
  _ body: (ControlServer) async throws -> Result
) async throws -> Result {
  let folder = try TemporaryFolder()
  defer { folder.remove() }
  let server = try await ControlServer.start(
    path: folder.file("control.sock"), handler: daemon, version: "0.1.0", limits: limits)
  do {
    let result = try await body(server)
    await server.stop()
    return result
  } catch {
    await server.stop()
    throw error
  }
}

/// The lines that tests send most.
enum Line {
  static func status(_ id: Int) -> String { #"{"jsonrpc":"2.0","id":\#(id),"method":"status"}"# }

  static func subscribe(_ topics: String..., interval: Double = 0.02) -> String {
    let list = topics.map { "\"\($0)\"" }.joined(separator: ",")
    return #"{"jsonrpc":"2.0","id":0,"method":"subscribe","params":{"topics":[\#(list)],"interval":\#(interval)}}"#
  }
}
