/// A JSON value of any shape: what a request carries before it is understood, and what an event's fields hold.
public enum JSON: Sendable, Equatable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number written without fraction or exponent that fits 64 bits; kept apart so that request ids come back exact.
  case integer(Int)
  /// Any other number.
  case number(Double)
  /// A text.
  case string(String)
  /// A list of values.
  case array([JSON])
  /// Values by name.
  case object([String: JSON])
}

extension JSON {
  /// What kind of value this is, and a short one itself: the "found" of an error message.
  var described: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "the number \(value)"
    case .number(let value): "the number \(value)"
    case .string(let value): "the text \"\(value.count > 40 ? "\(value.prefix(40))…" : value)\""
    case .array(let values): "a list of \(values.count)"
    case .object(let members): "an object of \(members.count)"
    }
  }
}
