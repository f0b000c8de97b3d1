/// What a client may subscribe to.
public enum Topic: String, Codable, Sendable, CaseIterable {
  /// Peak and mean levels, one message an interval.
  case meters
  /// Late frames, step times, load, one message an interval.
  case statistics
  /// What happens, as it happens.
  case events
}
