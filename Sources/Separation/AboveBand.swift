/// The rule for bins above the estimator's band: the mean mask of its top bins, bounded.
public struct AboveBand: Sendable, Equatable {
  /// How many of the highest known bins are averaged.
  public var bins: Int
  /// The mask above the band is never larger than this (0 to 1).
  public var maximum: Float

  /// The mean of the top 32 bins, unbounded, unless told otherwise.
  public init(bins: Int = 32, maximum: Float = 1) {
    self.bins = bins
    self.maximum = maximum
  }
}

extension AboveBand {
  /// The mask above a mask of `count` bins: the mean of its top ones, bounded.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func mask(below mask: UnsafePointer<Float>, count: Int) -> Float {
    let averaged = min(bins, count)
    guard averaged > 0 else { return 0 }
    var sum: Float = 0
    for bin in (count &- averaged)..<count { unsafe sum += mask[bin] }
    return min(sum / Float(averaged), maximum)
  }
}
