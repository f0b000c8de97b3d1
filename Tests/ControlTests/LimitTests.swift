import Control
import Testing
import Text

/// What becomes of clients that ask too much, and of those beside them.
struct LimitTests {
  @Test func aLineOfTheLimitIsReadAndALongerOneEndsTheConnection() async throws {
    try await serving { server in
      let path = server.path
      try await blocking {
        let client = try RawClient(path)
        _ = try client.line()
        let request = Line.status(1)
        let padded = request + String(repeating: " ", count: (64 << 10) - request.utf8.count)
        #expect(try client.ask(padded)?["id"] == 1)
        // The server may hang up while the line is still being sent.
        try? client.send(padded + " ")
        #expect(try client.message()?["error.code"] == -32010)
        #expect(try client.line() == nil)
      }
    }
  }

  @Test func anEndlessLineEndsTheConnection() async throws {
    try await serving { server in
      let path = server.path
      try await blocking {
        let client = try RawClient(path)
        _ = try client.line()
        #expect(throws: RawClient.Failure.self) {
          while true { try client.send(bytes: [UInt8](repeating: 0x20, count: 10_000)) }
        }
        #expect(try client.rest().last?.contains("-32010") == true)
      }
    }
  }

  @Test func aHalfLineIsGivenUpAndSilenceIsNot() async throws {
    var limits = ControlLimits()
    limits.lineSeconds = 0.2
    try await serving(limits: limits) { server in
      let path = server.path
      try await blocking {
        let silent = try RawClient(path)
        let half = try RawClient(path)
        _ = try half.line()
        try half.send(bytes: Array(#"{"jsonrpc""#.utf8))
        #expect(try half.message()?["error.code"] == -32011)
        #expect(try half.line() == nil)
        _ = try silent.line()
        #expect(try silent.ask(Line.status(1))?["id"] == 1)
      }
    }
  }

  @Test func aLineWithoutItsEndCountsWhenTheClientHasFinished() async throws {
    try await serving { server in
      let path = server.path
      let lines = try await blocking {
        let client = try RawClient(path)
        try client.send(bytes: Array(Line.status(5).utf8))
        client.finish()
        return try client.rest()
      }
      #expect(lines.count == 2)
      #expect(lines.last?.contains(#""id":5"#) == true)
    }
  }

  @Test func everyRequestOfAFloodIsAnsweredInOrderAndOthersAreNotKeptWaiting() async throws {
    try await serving { server in
      let path = server.path
      async let flood = blocking {
        let client = try RawClient(path)
        let writer = Task.detached {
          try await blocking {
            for first in stride(from: 0, to: 10_000, by: 100) {
              try client.send((first..<first + 100).map(Line.status).joined(separator: "\n"))
            }
          }
        }
        _ = try client.line()
        let replies = try (0..<10_000).map { _ in try client.line()?.prefix { $0 != "," } }
        _ = writer
        return replies
      }
      // The flood takes seconds at the rate it is let through with; a hundred calls come in between.
      try await blocking {
        let other = try ControlClient(path: path)
        for _ in 0..<100 { #expect(try other.status().state == .running) }
      }
      #expect(try await flood == (0..<10_000).map { "{\"id\":\($0)" })
    }
  }

  @Test func aHundredSilentClientsShutNobodyOut() async throws {
    try await serving { server in
      let path = server.path
      try await blocking {
        let silent = try (0..<100).map { _ in try RawClient(path) }
        for _ in 0..<10 {
          let client = try ControlClient(path: path)
          #expect(try client.status().preset == "svsgan")
        }
        // The longest-silent ones made room and were told so.
        _ = try silent[0].line()
        #expect(try silent[0].message()?["error.code"] == -32013)
        #expect(try silent[0].line() == nil)
        #expect(server.clients <= 64)
      }
    }
  }

  @Test func whoSubscribedIsNotSentAwayAndTheNextIsRefused() async throws {
    var limits = ControlLimits()
    limits.clients = 2
    try await serving(limits: limits) { server in
      let path = server.path
      try await blocking {
        let listeners = try (0..<2).map { _ in
          let client = try RawClient(path)
          _ = try client.line()
          #expect(try client.ask(Line.subscribe("events"))?["result.topics"] == ["events"])
          return client
        }
        #expect(throws: ControlClientError.self) { try ControlClient(path: path) }
        #expect(try RawClient(path).message()?["error.code"] == -32012)
        server.publish(.event(Event(.state, "JACK went away.")))
        for listener in listeners { #expect(try listener.message()?["method"] == "event") }
      }
    }
  }

  @Test func aSlowReaderIsDroppedAndAQuickOneHearsEverything() async throws {
    try await serving { server in
      let path = server.path
      let (slow, quick) = try await blocking {
        let clients = try (RawClient(path), RawClient(path))
        for client in [clients.0, clients.1] {
          _ = try client.line()
          _ = try client.ask(Line.subscribe("events"))
        }
        return clients
      }
      let long = String(repeating: "x", count: 10_000)
      for number in 0..<300 {
        server.publish(.event(Event(.state, long, fields: ["number": .integer(number)])))
        let heard = try await blocking { try quick.message()?["params.fields.number"] }
        #expect(heard == .integer(number))
      }
      #expect(try await eventually { server.clients == 1 })
      let lines = try await blocking { try slow.rest().count }
      #expect(lines < 300)
    }
  }

  @Test func whoNeverReadsItsRepliesIsDroppedAfterAWhile() async throws {
    var limits = ControlLimits()
    limits.stallSeconds = 0.2
    try await serving(limits: limits) { server in
      let path = server.path
      let client = try await blocking {
        let client = try RawClient(path)
        #expect(throws: RawClient.Failure.self) {
          while true { try client.send(Line.status(1)) }
        }
        return client
      }
      #expect(try await eventually { server.clients == 0 })
      withExtendedLifetime(client) {}
    }
  }
}
