internal import Text

/// Carries out what a line asks for and writes the reply.
struct Dispatcher: Sendable {
  /// Changes what the asking client is subscribed to and returns what it is subscribed to then.
  typealias Subscribe = @Sendable (Subscription.Change) async -> [Topic]

  let handler: any ControlHandler

  /// The reply to a line, without the line's end; `nil` when nobody waits for one.
  ///
  /// The calls of a batch are carried out one after the other in their order, and answered together.
  func answer(_ incoming: Incoming, subscribe: Subscribe) async -> [UInt8]? {
    switch incoming {
    case .refused(let error): return Refusal(id: .null, error: error).line
    case .single(let call): return await answer(call, subscribe: subscribe)
    case .batch(let calls):
      var replies: [[UInt8]] = []
      for call in calls {
        if let reply = await answer(call, subscribe: subscribe) { replies.append(reply) }
      }
      guard !replies.isEmpty else { return nil }
      return [UInt8(ascii: "[")] + replies.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }
  }

  private func answer(_ call: Call, subscribe: Subscribe) async -> [UInt8]? {
    do throws(ControlError) {
      let reply = try await carryOut(call.request.get(), id: call.id ?? .null, subscribe: subscribe)
      return call.id == nil ? nil : reply
    } catch {
      return call.id.map { Refusal(id: $0, error: error).line }
    }
  }

  private func carryOut(
    _ request: ControlRequest, id: JSON, subscribe: Subscribe
  ) async throws(ControlError) -> [UInt8] {
    switch request {
    case .status: try reply(id, await handler.status())
    case .presets: try reply(id, await handler.presets())
    case .use(let name): try reply(id, await handler.use(preset: name))
    case .gain(let stem, let gain): try reply(id, await handler.setGain(of: stem, to: gain))
    case .bypass(let on): try reply(id, await handler.setBypass(on))
    case .threshold(let value): try reply(id, await handler.setThreshold(value))
    case .check(let preset): try reply(id, await handler.check(preset: preset))
    case .reload: try reply(id, await handler.reload())
    case .subscribe(let topics, let interval):
      try reply(id, Subscribed(topics: await subscribe(.add(topics, interval)), interval: interval))
    case .unsubscribe(let topics):
      try reply(id, Subscribed(topics: await subscribe(.remove(topics)), interval: nil))
    }
  }

  private func reply(_ id: JSON, _ result: some Encodable) throws(ControlError) -> [UInt8] {
    do {
      return try encoded(Reply(id: id, result: result))
    } catch {
      throw ControlError(.failed, "The result cannot be written as JSON: \(error).")
    }
  }
}

/// What a client is subscribed to: the result of `subscribe` and `unsubscribe`.
struct Subscribed: Codable, Equatable {
  var topics: [Topic]
  var interval: Double?
}
