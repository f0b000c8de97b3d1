internal import Text

/// What is sent back under a request's id.
struct Reply<Result> {
  var id: JSON
  var result: Result
}

extension Reply: Encodable where Result: Encodable {
  private enum Key: CodingKey { case jsonrpc, id, result }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode("2.0", forKey: .jsonrpc)
    try container.encode(id, forKey: .id)
    try container.encode(result, forKey: .result)
  }
}

/// What is sent back in place of a result.
struct Refusal: Codable {
  var jsonrpc = "2.0"
  var id: JSON
  var error: ControlError

  /// The refusal as a line, without the line's end.
  var line: [UInt8] {
    // Texts and numbers only: encoding them cannot fail.
    (try? encoded(self)) ?? []
  }
}
