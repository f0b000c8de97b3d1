/// What one client wants to hear, and how often.
///
/// Levels that come more often than a client wants them are merged, so that none of its messages misses a peak.
struct Subscription {
  enum Change: Sendable {
    case add([Topic], Double)
    case remove([Topic])
  }

  /// When the next message of a topic is due, and what has come in since the last one.
  private struct Pace {
    var interval: Double
    var due = 0.0
    var meters: Meters?
  }

  private var paces: [Topic: Pace] = [:]

  var isEmpty: Bool { paces.isEmpty }

  /// The topics in the order of the protocol.
  var topics: [Topic] { Topic.allCases.filter { paces[$0] != nil } }

  /// Seconds between messages of a topic, `nil` when it is not subscribed to.
  func interval(of topic: Topic) -> Double? { paces[topic]?.interval }

  mutating func apply(_ change: Change) {
    switch change {
    case .add(let topics, let interval): for topic in topics { paces[topic] = Pace(interval: interval) }
    case .remove(let topics): for topic in topics { paces[topic] = nil }
    }
  }

  /// What to send of a notice that came at `now` seconds: itself, what has gathered up to it, or nothing yet.
  mutating func take(_ notice: Notice, at now: Double) -> Notice? {
    guard var pace = paces[notice.topic] else { return nil }
    if case .event = notice { return notice }
    defer { paces[notice.topic] = pace }
    var notice = notice
    if case .meters(let meters) = notice {
      let merged = pace.meters.map { $0.merged(with: meters) } ?? meters
      pace.meters = merged
      notice = .meters(merged)
    }
    // A quarter of an interval early is on time: a publisher with the same interval and some jitter loses no message.
    guard now >= pace.due - pace.interval / 4 else { return nil }
    pace.due = (now - pace.due > pace.interval ? now : pace.due) + pace.interval
    pace.meters = nil
    return notice
  }
}
