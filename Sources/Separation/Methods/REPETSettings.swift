/// How far back REPET-SIM looks for repetitions, and how many it takes.
public struct REPETSettings: Sendable, Equatable {
  /// How much of the past is remembered, in seconds.
  public var memory: Double
  /// How many similar moments are taken at most, the present one included.
  public var similar: Int
  /// How far apart they lie at least, in seconds.
  public var distance: Double
  /// How similar they are at least: the cosine between their magnitudes, 0 to 1.
  public var threshold: Double

  /// 10 s of memory and at most 100 moments at least 1 s apart, however similar, unless told otherwise.
  public init(memory: Double = 10, similar: Int = 100, distance: Double = 1, threshold: Double = 0) {
    self.memory = memory
    self.similar = similar
    self.distance = distance
    self.threshold = threshold
  }
}
