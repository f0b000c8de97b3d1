/// One way in which a recording in a file is heard; the mean of what several ways find is better than each.
public struct OfflinePass: Sendable {
  /// Name of the preset that hears it so.
  public var preset: String
  /// What the preset says, with the network for this way.
  public var settings: SeparatorSettings
  /// Whether it is heard from its end.
  public var isBackwards: Bool
  /// How fast it is played to the estimator, pitch and all: 1 as it is, 2 an octave higher.
  public var speed: Double
  /// What its voice counts for in the mean of all ways, of 1.
  public var share: Double

  /// A way to hear a recording; without more said, as it is.
  public init(
    preset: String, settings: SeparatorSettings, isBackwards: Bool = false, speed: Double = 1, share: Double = 1
  ) {
    self.preset = preset
    self.settings = settings
    self.isBackwards = isBackwards
    self.speed = speed
    self.share = share
  }

  /// The rate in Hz that a recording of `rate` Hz is told to have: that is all that playing it faster takes, as the
  /// engine finds windows for any rate.
  public func told(rate: Int) -> Int { Int((Double(rate) * speed).rounded()) }
}
