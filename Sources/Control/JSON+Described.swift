internal import Text

extension JSON {
  /// The value with its kind in the words of the protocol: the "found" of an error message.
  var described: String {
    switch self {
    case .null, .bool, .object: shown
    case .integer, .number: "the number \(shown)"
    case .string: "the text \(shown)"
    case .array(let values): "a list of \(values.count)"
    }
  }
}
