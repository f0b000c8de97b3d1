/// Whether the input goes through unseparated: the result of `bypass`.
public struct Bypass: Codable, Sendable, Equatable {
  /// Whether it does.
  public var bypass: Bool

  /// Takes the answer.
  public init(_ bypass: Bool) { self.bypass = bypass }
}
