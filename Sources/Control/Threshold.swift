/// Where masks change from accompaniment to voice: the result of `threshold`.
public struct Threshold: Codable, Sendable, Equatable {
  /// The values that it can have.
  public static let range = 0.0...1.0

  /// A mask above this is the voice's, any other the accompaniment's.
  public var threshold: Double

  /// Takes the answer.
  public init(_ threshold: Double) { self.threshold = threshold }
}
