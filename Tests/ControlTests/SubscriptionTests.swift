import Control
import Testing
import Text

/// What subscribers hear, how often, and that nothing is lost on the way.
struct SubscriptionTests {
  private func meters(peak: Double, rms: Double = -20) -> Meters {
    let level = Meters.Level(peak: Decibels(peak), rms: Decibels(rms))
    return Meters(samples: 480, input: [level], voice: [level], accompaniment: [level])
  }

  @Test func eventsGoToThoseWhoAskedAndToNobodyElse() async throws {
    try await serving { server in
      let path = server.path
      let (listener, other) = try await blocking {
        let clients = try (ControlClient(path: path), RawClient(path))
        try clients.0.subscribe(to: [.events])
        _ = try clients.1.line()
        return clients
      }
      let event = Event.switched(to: "centre", latency: Latency(samples: 1024, sampleRate: 48_000))
      server.publish(.event(event))
      server.publish(.meters(meters(peak: -3)))
      server.publish(.event(Event(.state, "JACK went away.", fields: ["state": "waiting for JACK"])))
      try await blocking {
        #expect(try listener.next(within: .seconds(20)) == .event(event))
        guard case .event(let second)? = try listener.next(within: .seconds(20)) else { throw Missing() }
        #expect(second.fields == ["state": "waiting for JACK"])
        #expect(try other.ask(Line.status(1))?["id"] == 1)
      }
    }
  }

  @Test func peaksSurviveALongInterval() async throws {
    try await serving { server in
      let path = server.path
      let client = try await blocking {
        let client = try ControlClient(path: path)
        try client.subscribe(to: [.meters], interval: 0.3)
        return client
      }
      // The first goes out at once; the loud one comes in between and must be in the next.
      for peak in [-30.0, -3, -30] { server.publish(.meters(meters(peak: peak))) }
      let first = try await blocking { try client.next(within: .seconds(20)) }
      #expect(first == .meters(meters(peak: -30)))
      try await Task.sleep(for: .milliseconds(400))
      server.publish(.meters(meters(peak: -30)))
      guard case .meters(let later)? = try await blocking({ try client.next(within: .seconds(20)) }) else {
        throw Missing()
      }
      #expect(later.samples == 3 * 480)
      #expect(later.voice[0].peak == -3.0)
      #expect(abs(later.voice[0].rms.value + 20) < 0.02)
    }
  }

  @Test func mergingIsTheMeanOfPowersAndSilenceStaysSilent() {
    let silence = meters(peak: -.infinity, rms: -.infinity)
    #expect(silence.merged(with: silence).input[0].rms == .silent)
    let half = silence.merged(with: meters(peak: -6, rms: -10)).input[0]
    #expect(half.peak == -6.0)
    #expect(abs(half.rms.value + 13.0103) < 1e-3)
  }

  @Test func demandFollowsTheMostEagerClient() async throws {
    try await serving { server in
      let path = server.path
      #expect(server.demand.shortest == nil)
      let (slow, quick) = try await blocking {
        let clients = try (ControlClient(path: path), RawClient(path))
        try clients.0.subscribe(to: [.meters, .statistics], interval: 1)
        _ = try clients.1.line()
        _ = try clients.1.ask(Line.subscribe("meters", interval: 0.05))
        return clients
      }
      #expect(server.demand.meters == 0.05)
      #expect(server.demand.statistics == 1)
      #expect(server.demand.shortest == 0.05)
      try await blocking {
        let reply = try quick.ask(#"{"jsonrpc":"2.0","id":1,"method":"unsubscribe"}"#)
        #expect(reply?["result.topics"] == [])
        #expect(server.demand.meters == 1)
      }
      withExtendedLifetime(slow) {}
    }
  }

  @Test func demandEndsWithTheClient() async throws {
    try await serving { server in
      let path = server.path
      try await blocking { try ControlClient(path: path).subscribe(to: [.meters], interval: 0.5) }
      #expect(try await eventually { server.demand.meters == nil && server.clients == 0 })
    }
  }

  @Test func aSubscriberThatHasFinishedSendingGoesOnHearing() async throws {
    try await serving { server in
      let path = server.path
      let client = try await blocking {
        let client = try RawClient(path)
        _ = try client.line()
        _ = try client.ask(Line.subscribe("events"))
        client.finish()
        return client
      }
      server.publish(.event(Event(.changed, "Bypass on.")))
      #expect(try await blocking { try client.message()?["params.kind"] } == "changed")
    }
  }

  @Test func aStreamEndsWithTheDaemon() async throws {
    let stream = try await serving { server in
      let path = server.path
      let stream = try await blocking { try ControlClient.notices(at: path, of: [.statistics, .events]) }
      server.publish(.statistics(Statistics(Status(pid: 1, version: ""))))
      server.publish(.event(Event(.state, "Stopping.")))
      return stream
    }
    var heard: [Topic] = []
    await #expect(throws: ControlClientError.self) {
      for try await notice in stream { heard.append(notice.topic) }
    }
    #expect(heard == [.statistics, .events])
  }

  private struct Missing: Error {}
}
