/// A message to subscribers.
public enum Notice: Sendable, Equatable {
  /// Levels since the last one.
  case meters(Meters)
  /// How well the daemon keeps up.
  case statistics(Statistics)
  /// Something that happened.
  case event(Event)

  /// The topic to which one subscribes for it.
  public var topic: Topic {
    switch self {
    case .meters: .meters
    case .statistics: .statistics
    case .event: .events
    }
  }
}

extension Notice: Codable {
  private enum Key: CodingKey { case jsonrpc, method, params }

  /// Reads the line of a notification.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    switch try container.decode(String.self, forKey: .method) {
    case "meters": self = .meters(try container.decode(Meters.self, forKey: .params))
    case "statistics": self = .statistics(try container.decode(Statistics.self, forKey: .params))
    case "event": self = .event(try container.decode(Event.self, forKey: .params))
    case let method:
      throw DecodingError.dataCorruptedError(
        forKey: .method, in: container, debugDescription: "no notification \"\(method)\"")
    }
  }

  /// Writes the line of a notification.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode("2.0", forKey: .jsonrpc)
    switch self {
    case .meters(let meters):
      try container.encode("meters", forKey: .method)
      try container.encode(meters, forKey: .params)
    case .statistics(let statistics):
      try container.encode("statistics", forKey: .method)
      try container.encode(statistics, forKey: .params)
    case .event(let event):
      try container.encode("event", forKey: .method)
      try container.encode(event, forKey: .params)
    }
  }
}
