/// What a preset that was only checked would be: the result of `check`.
public struct PresetCheck: Codable, Sendable, Equatable {
  /// The preset's name.
  public var preset: String
  /// The file it was read from.
  public var path: String
  /// What finds the voice.
  public var method: String
  /// The latency it would have now.
  @OrNull public var latency: Latency?

  /// A preset that could be used.
  public init(preset: String, path: String, method: String, latency: Latency? = nil) {
    self.preset = preset
    self.path = path
    self.method = method
    self.latency = latency
  }
}
