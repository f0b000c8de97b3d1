/// What the operator has asked of the live path, whatever the preset.
public struct LiveOptions: Sendable, Equatable {
  /// Where the estimator runs in a live stream.
  public enum Drive: String, Sendable, CaseIterable {
    /// On a thread beside the audio thread, with whole periods in hand.
    case threaded
    /// In the audio callback: the least latency, for estimators whose measured cost fits.
    case inline
    /// Every mask is waited for, whatever it costs: for measuring and for tests. Freewheel does so by itself.
    case synchronous
  }

  /// Where the estimator runs; `nil` leaves that to the preset.
  public var drive: Drive?
  /// A preset that needs more seconds than this is refused.
  public var maxLatency: Double?
  /// Every preset takes exactly this many samples, so that switching never moves an alignment; what it does not need
  /// of them is in hand for the mask thread.
  public var pinnedLatency: Int?

  /// As the preset says, unbounded and unpinned unless told otherwise.
  public init(drive: Drive? = nil, maxLatency: Double? = nil, pinnedLatency: Int? = nil) {
    self.drive = drive
    self.maxLatency = maxLatency
    self.pinnedLatency = pinnedLatency
  }
}
