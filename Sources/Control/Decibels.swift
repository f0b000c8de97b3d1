/// A level or gain in decibels, where silence is `null` in JSON and minus infinity in Swift.
public struct Decibels: Sendable, Equatable {
  /// Decibels; minus infinity for silence.
  public var value: Double

  /// Takes decibels; what is not a number counts as silence.
  public init(_ value: Double) { self.value = value.isNaN ? -.infinity : value }

  /// The level of an amplitude relative to 1 (full scale).
  public init(amplitude: Double) { self.init(20 * logarithm(amplitude.magnitude)) }

  /// No sound at all.
  public static let silent = Decibels(-.infinity)

  /// What an amplitude of 1 is multiplied with, 0 for silence.
  public var amplitude: Double { power(10, value / 20) }
}

extension Decibels: ExpressibleByFloatLiteral {
  /// Takes decibels.
  public init(floatLiteral value: Double) { self.init(value) }
}

extension Decibels: Codable {
  /// Takes a number, or `null` for silence.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    self.init(container.decodeNil() ? -.infinity : try container.decode(Double.self))
  }

  /// Writes the number to a hundredth, or `null` for silence.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    guard value.isFinite else { return try container.encodeNil() }
    try container.encode((value * 100).rounded() / 100)
  }
}
