/// How the voice is told from what is steadier and from what is shorter than it.
public struct HPSSSettings: Sendable, Equatable {
  /// One separation into what lasts and what is broad.
  public struct Stage: Sendable, Equatable {
    /// The frames that the median over time goes over: an odd number.
    public var frames: Int
    /// The bins that the median over frequency goes over: an odd number.
    public var bins: Int
    /// How many of those frames lie after the one that is judged: 0 is causal, half of them is centred.
    public var lookAhead: Int
    /// The power to which both medians are raised in the mask.
    public var exponent: Float

    /// Puts values together.
    public init(frames: Int, bins: Int, lookAhead: Int = 0, exponent: Float = 2) {
      self.frames = frames
      self.bins = bins
      self.lookAhead = lookAhead
      self.exponent = exponent
    }
  }

  /// The length of the long window in windows of the preset's grid.
  public var window: Int
  /// The hop of the long window in hops of the preset's grid.
  public var hop: Int
  /// The stage of long windows, whose broad part is passed on.
  public var long: Stage
  /// The stage of the preset's own, short windows, whose lasting part is the voice.
  public var short: Stage

  /// Long windows of 8 short ones every 2 hops, and causal medians, unless told otherwise.
  public init(
    window: Int = 8, hop: Int = 2, long: Stage = Stage(frames: 65, bins: 9), short: Stage = Stage(frames: 7, bins: 9)
  ) {
    self.window = window
    self.hop = hop
    self.long = long
    self.short = short
  }

  /// The hops of the preset's grid by which the long stage's sound lags behind the input: its synthesis windows
  /// reach over two of its hops, and its medians may look ahead.
  var longLag: Int { @_noLocks get { (2 &+ long.lookAhead) &* hop } }
  /// How many frames after a frame its mask can be estimated.
  var lookAhead: Int { @_noLocks get { longLag &+ short.lookAhead } }
}
