/// How often somebody wants to hear of levels and statistics, so that a daemon measures no more than is listened to.
public struct Demand: Sendable, Equatable {
  /// Seconds between messages with levels for the most eager client; `nil` when nobody listens.
  public internal(set) var meters: Double?
  /// Seconds between messages with statistics for the most eager client; `nil` when nobody listens.
  public internal(set) var statistics: Double?

  /// The shorter of the two.
  public var shortest: Double? { [meters, statistics].compactMap(\.self).min() }
}
