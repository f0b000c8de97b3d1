/// How finely ADRess looks along the stereo image, and how much of it is the middle.
public struct ADRessSettings: Sendable, Equatable {
  /// The steps between one side and the middle: β of the paper.
  public var resolution: Int
  /// The steps on each side of the middle that still belong to the voice.
  public var width: Int

  /// 100 steps a side, of which the innermost 20 are the middle, unless told otherwise.
  public init(resolution: Int = 100, width: Int = 20) {
    self.resolution = resolution
    self.width = width
  }
}
