/// A value that may be unknown and is then written as `null`, not left out: a script finds every name every time.
@propertyWrapper
public struct OrNull<Value: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
  /// The value, `nil` when unknown.
  public var wrappedValue: Value?

  /// Takes the value.
  public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  /// Takes a value or `null`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
  }

  /// Writes the value or `null`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}
