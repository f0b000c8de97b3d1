/// Reads one JSON text; what is taken and what is refused stands at ``JSON/init(text:depthLimit:)``.
struct JSONParser {
  let bytes: [UInt8]
  let depthLimit: Int
  var position = 0
  private var depth = 0

  init(bytes: [UInt8], depthLimit: Int) {
    self.bytes = bytes
    self.depthLimit = depthLimit
  }

  /// The value that the bytes hold, all of them.
  mutating func document() throws(JSONError) -> JSON {
    let value = try value()
    skipBlanks()
    guard next == nil else {
      throw wrong("something after the end of the value", at: position, expected: "the end of the text")
    }
    return value
  }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
  }

  /// The next byte is not the `expected`.
  func missing(_ expected: String) -> JSONError {
    // A character has four bytes at most.
    let character = String(decoding: bytes[position...].prefix(4), as: UTF8.self).prefix(1)
    return JSONError(
      position: position, found: character.isEmpty ? "the end of the text" : quoted(String(character)),
      expected: expected, reason: "\(expected) is missing")
  }

  /// What begins at `start` can be read, and not be taken.
  func wrong(_ found: String, at start: Int, expected: String) -> JSONError {
    JSONError(position: start, found: found, expected: expected, reason: found)
  }

  private mutating func value() throws(JSONError) -> JSON {
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return try nested { parser throws(JSONError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(JSONError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-")?, (UInt8(ascii: "0")...UInt8(ascii: "9"))?: return try number()
    default: throw missing("a value")
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(JSONError) -> JSON {
    guard bytes[position...].starts(with: word.utf8) else { throw missing("a value") }
    position += word.utf8.count
    return value
  }

  private mutating func nested(_ read: (inout JSONParser) throws(JSONError) -> JSON) throws(JSONError) -> JSON {
    guard depth < depthLimit else {
      throw wrong("a value nested deeper than \(depthLimit)", at: position, expected: "at most \(depthLimit) levels")
    }
    depth += 1
    position += 1
    skipBlanks()
    let value = try read(&self)
    depth -= 1
    return value
  }

  private mutating func object() throws(JSONError) -> JSON {
    var members: [String: JSON] = [:]
    if take("}") { return .object(members) }
    repeat {
      skipBlanks()
      let start = position
      guard next == UInt8(ascii: "\"") else { throw missing("a name in double quotes") }
      let name = try string()
      skipBlanks()
      guard take(":") else { throw missing("':' after \(quoted(name))") }
      guard members.updateValue(try value(), forKey: name) == nil else {
        throw wrong("\(quoted(name)) given twice", at: start, expected: "each name once")
      }
      skipBlanks()
    } while take(",")
    guard take("}") else { throw missing("',' or '}'") }
    return .object(members)
  }

  private mutating func array() throws(JSONError) -> JSON {
    var values: [JSON] = []
    if take("]") { return .array(values) }
    repeat {
      values.append(try value())
      skipBlanks()
    } while take(",")
    guard take("]") else { throw missing("',' or ']'") }
    return .array(values)
  }
}
