/// How independent component analysis follows the stereo image.
public struct ICASettings: Sendable, Equatable {
  /// How long the past counts, in seconds.
  public var seconds: Double
  /// How far the unmixing turns within a frame towards the one that this frame would want: 0 to 1.
  public var rate: Float
  /// The power to which both sources are raised in the mask.
  public var exponent: Float

  /// Two seconds and a rate of 0.3 unless told otherwise.
  public init(seconds: Double = 2, rate: Float = 0.3, exponent: Float = 2) {
    self.seconds = seconds
    self.rate = rate
    self.exponent = exponent
  }
}
