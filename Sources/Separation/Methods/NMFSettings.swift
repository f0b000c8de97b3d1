/// How a frame is put together from the atoms of a dictionary.
public struct NMFSettings: Sendable, Equatable {
  /// Multiplicative updates a frame.
  public var updates: Int
  /// The power to which both sources are raised in the mask.
  public var exponent: Float

  /// 25 updates and the plain ratio unless told otherwise.
  public init(updates: Int = 25, exponent: Float = 1) {
    self.updates = updates
    self.exponent = exponent
  }
}
