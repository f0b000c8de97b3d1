/// A JSON value of any shape.
public enum JSON: Sendable, Hashable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number written without fraction or exponent that fits 64 bits; kept apart so that it comes back exact.
  case integer(Int)
  /// Any other number; always finite when it was read.
  case number(Double)
  /// A text.
  case string(String)
  /// A list of values.
  case array([JSON])
  /// Values by name.
  case object([String: JSON])

  /// Reads a JSON text (RFC 8259): one value with blanks around it, in UTF-8.
  ///
  /// Stricter than a general decoder, since a text may come from anywhere: a name that is given twice, a number that is
  /// not finite and half a surrogate pair are refused. The time is linear in the text's length.
  ///
  /// - Parameters:
  ///   - bytes: The whole text.
  ///   - depthLimit: Lists and objects inside each other, at most.
  /// - Throws: ``JSONError`` with the place at which the text is broken.
  public init(text bytes: [UInt8], depthLimit: Int) throws(JSONError) {
    var parser = JSONParser(bytes: bytes, depthLimit: depthLimit)
    self = try parser.document()
  }

  /// The value as an error shows it: in full if it is short, else what it is.
  public var shown: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): quoted(value)
    case .array(let values): "an array of \(values.count)"
    case .object: "an object"
    }
  }
}
