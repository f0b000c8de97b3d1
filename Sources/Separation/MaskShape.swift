/// What becomes of every mask, whatever method or network it comes from, in this order: a learned stereo position,
/// threshold, a fixed stereo position, smoothing, release, floor, band.
public struct MaskShape: Sendable, Equatable {
  /// Whether where a bin stands in the stereo image has a say in its mask.
  public enum Position: String, Sendable, CaseIterable {
    /// It has not.
    case none
    /// The voice stands in the middle: the mask is multiplied by `(1 - |L - R| / (|L| + |R|))^strength`.
    case centre
    /// Where the voice and the rest stand is learned from the masks of the last seconds, and each bin's place makes its
    /// mask more or less likely, by Bayes' rule. In mono nothing changes.
    case learned
  }

  /// Where a mask changes from 0 to 1 (the α of Simpson, Roma and Plumbley 2015); `nil` to leave it soft.
  ///
  /// Low, more of the singer is caught, and more else with it; high, less of both.
  public var threshold: Float?
  /// Whether the stereo position has a say.
  public var position: Position
  /// The power to which the position's likelihood, or ratio of likelihoods, is raised.
  public var strength: Float
  /// How many times the mask is averaged with its neighbours in frequency, ¼-½-¼.
  public var smoothing: Int
  /// The time in which a mask falls to 1/e at the fastest, in seconds, or 0; it rises at once.
  public var release: Double
  /// The mask is never smaller than this inside the band (0 to 1).
  public var floor: Float
  /// Below this many hertz everything is accompaniment.
  public var lowest: Double
  /// Above this many hertz everything is accompaniment.
  public var highest: Double

  /// Leaves masks as they are unless told otherwise.
  public init(
    threshold: Float? = nil, position: Position = .none, strength: Float = 1, smoothing: Int = 0, release: Double = 0,
    floor: Float = 0,
    lowest: Double = 0, highest: Double = .infinity
  ) {
    self.threshold = threshold
    self.position = position
    self.strength = strength
    self.smoothing = smoothing
    self.release = release
    self.floor = floor
    self.lowest = lowest
    self.highest = highest
  }
}
