/// What a ``Rehearsal`` plays and records, and where.
public struct RehearsalPlan: Sendable {
  /// The JACK client's name; the server appends a number when it is taken.
  public var client = "sotto-rehearsal"
  /// The JACK server's name, or `nil` for the default one.
  public var server: String?
  /// The samples to play, one array a channel, all of the same length.
  public var played: [[Float]]
  /// The input port that each played channel goes into, by its full name.
  public var destinations: [String]
  /// The output port that each recorded channel comes from, by its full name.
  public var sources: [String]
  /// How many frames to record from the first played sample on.
  public var frames: Int
  /// Whether the server is to run in freewheel meanwhile: as fast as it can, and every client waited for.
  public var freewheel = false

  /// Plans to play `played` into `destinations` while recording `sources`.
  ///
  /// - Parameter frames: How many frames to record; as many as are played if left out.
  public init(played: [[Float]], destinations: [String], sources: [String], frames: Int? = nil) {
    precondition(played.count == destinations.count, "\(played.count) channels for \(destinations.count) ports")
    precondition(played.allSatisfy { $0.count == played[0].count }, "channels of different lengths")
    self.played = played
    self.destinations = destinations
    self.sources = sources
    self.frames = frames ?? played.first?.count ?? 0
  }
}
