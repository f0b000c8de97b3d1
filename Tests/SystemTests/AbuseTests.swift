import Audio
import Foundation
import Testing

extension SystemTests {
  /// What bad clients of the control socket cannot do to the sound.
  @Suite(.serialized) struct AbuseTests {
    @Test func theSoundDoesNotNoticeBadClients() throws {
      let stage = try Stage(preset: "svsgan")
      let socket = stage.daemon.socket
      let heard = try stage.play(noise(channels: 2, frames: 6 * 48_000)) { rehearsal in
        rehearsal.wait(for: 24_000)
        var kept: [LineConnection] = []
        try malformed(socket)
        for _ in 0..<100 { kept.append(try LineConnection(path: socket)) }
        for connection in kept.suffix(30) { try? connection.sendRaw(Data(#"{"jsonrpc":"2.0","id"#.utf8)) }
        try flood(socket)
        try deaf(socket, &kept)
        withExtendedLifetime(kept) {}
      }
      #expect(heard.residue(latency: try stage.daemon.latency()) < -120)
      let status = try stage.daemon.call("status")
      #expect(status["state"] as? String == "running")
      #expect(status["bypass"] as? Bool == false)
    }

    private func malformed(_ socket: String) throws {
      let lines = [
        "", "nonsense", "{", #"{"jsonrpc":"2.0"}"#, "[]", #"{"jsonrpc":"2.0","id":1,"method":"status","params":7}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"gain","params":{"stem":"voice","decibels":1e999}}"#,
        String(repeating: "[", count: 20_000), "\u{0}\u{1}\u{2}", String(repeating: "x", count: 200_000),
      ]
      for line in lines {
        let connection = try LineConnection(path: socket)
        try? connection.send(Data(line.utf8))
        try? connection.sendRaw(Data((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 37) }))
      }
    }

    /// Thousands of requests at once, some of which change presets.
    private func flood(_ socket: String) throws {
      let connection = try LineConnection(path: socket)
      var requests = Data()
      for number in 0..<3000 {
        requests += Data("{\"jsonrpc\":\"2.0\",\"id\":\(number),\"method\":\"status\"}\n".utf8)
        if number % 50 == 0 {
          requests += Data("{\"jsonrpc\":\"2.0\",\"method\":\"use\",\"params\":{\"name\":\"svsgan\"}}\n".utf8)
        }
      }
      let reader = Thread { while let line = try? connection.receive(), !line.isEmpty {} }
      reader.start()
      try? connection.sendRaw(requests)
    }

    /// Subscribes to everything and never reads.
    private func deaf(_ socket: String, _ kept: inout [LineConnection]) throws {
      let subscription =
        #"{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"topics":["meters","statistics","events"],"#
        + #""interval":0.02}}"#
      for _ in 0..<20 {
        let connection = try LineConnection(path: socket)
        try? connection.send(Data(subscription.utf8))
        kept.append(connection)
      }
    }
  }
}
