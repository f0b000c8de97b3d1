/// How the mixture model on stereo position learns.
public struct GMMSettings: Sendable, Equatable {
  /// The Gaussians, the pinned one in the middle included.
  public var components: Int
  /// How much of what was learnt is kept from frame to frame, 0 to 1.
  public var forgetting: Float
  /// The least standard deviation of a level difference, in dB.
  public var levelSpread: Float
  /// The least standard deviation of a phase difference, in radians.
  public var phaseSpread: Float

  /// Three Gaussians that keep 97 % a frame, unless told otherwise.
  public init(components: Int = 3, forgetting: Float = 0.97, levelSpread: Float = 1, phaseSpread: Float = 0.1) {
    self.components = components
    self.forgetting = forgetting
    self.levelSpread = levelSpread
    self.phaseSpread = phaseSpread
  }
}
