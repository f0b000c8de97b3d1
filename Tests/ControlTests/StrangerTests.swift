import ChildProcess
import Control
import ControlFixtures
import Foundation
import Testing
import Text

/// A process of another user at the socket.
struct StrangerTests {
  @Test(.enabled(if: getuid() == 0, "only root can start a process of another user"))
  func aPeerOfAnotherUserIsRefusedByItsCredentials() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.file("s")
    let server = try await ControlServer.start(path: path, handler: ScriptedDaemon(), version: "0.1.0")
    // Every permission on the way is opened: only the kernel's word on who is calling is left.
    chmod(folder.path, 0o755)
    chmod(path, 0o666)
    let lines = try await blocking { try heardBy(user: 65534, at: path) }
    #expect(lines.count == 1, "no hello, no reply")
    let refusal = try Message(line: try #require(lines.first))
    #expect(refusal["error.code"] == -32014)
    #expect(refusal.text("error.message").contains("not user 65534"))
    #expect(try await blocking { try heardBy(user: 0, at: path) }.count == 2, "the same without another user")
    await server.stop()
  }

  private func heardBy(user: Int, at path: String) throws -> [String] {
    let script = """
      use IO::Socket::UNIX;
      $SIG{PIPE} = "IGNORE";  # whoever is refused may find nobody to write to
      my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "connect: $!";
      print $s '{"jsonrpc":"2.0","id":1,"method":"status"}', "\\n"; $s->flush; shutdown($s, 1);
      print while <$s>;
      """
    return try ChildProcess.output(
      of: "setpriv",
      ["--reuid=\(user)", "--regid=\(user)", "--clear-groups", "/usr/bin/perl", "-e", script, path]
    ).split(separator: "\n").map(String.init)
  }
}
