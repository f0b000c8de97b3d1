/// Reads one JSON document (RFC 8259), more strictly than most: it refuses a key that stands twice, numbers that are
/// not finite and nesting deeper than ``depthLimit``, since a weights file may come from anywhere.
struct JSONParser {
  /// What is wrong, and at which byte.
  struct Failure: Error {
    var byte: Int
    var found: String
    var expected: String
  }

  static let depthLimit = 64

  private let bytes: [UInt8]
  private var position = 0

  /// The value that `bytes` hold; blanks may stand around it, nothing else.
  static func parse(_ bytes: [UInt8]) throws(Failure) -> JSON {
    var parser = JSONParser(bytes: bytes)
    let value = try parser.value(depth: 0)
    parser.skipBlanks()
    guard parser.position == bytes.count else { throw parser.failure(expected: "the end of the document") }
    return value
  }

  /// The same, with the failure as a refusal of `file`.
  static func parse(_ bytes: [UInt8], file: String, place: String) throws(ModelError) -> JSON {
    do {
      return try parse(bytes)
    } catch {
      throw .refused(
        file: file, place: "\(place), byte \(error.byte)", found: error.found, expected: error.expected)
    }
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func failure(expected: String) -> Failure {
    let found = next.map { quoted(String(UnicodeScalar($0))) } ?? "the end of the document"
    return Failure(byte: position, found: found, expected: expected)
  }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func require(_ character: Unicode.Scalar) throws(Failure) {
    guard take(character) else { throw failure(expected: quoted(String(character))) }
  }

  private mutating func value(depth: Int) throws(Failure) -> JSON {
    skipBlanks()
    guard depth < Self.depthLimit else { throw failure(expected: "at most \(Self.depthLimit) levels of nesting") }
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(Failure) -> JSON {
    guard bytes[position...].starts(with: word.utf8) else { throw failure(expected: "a JSON value") }
    position += word.utf8.count
    return value
  }

  private mutating func object(depth: Int) throws(Failure) -> JSON {
    try require("{")
    var members: [String: JSON] = [:]
    if take("}") { return .object(members) }
    repeat {
      skipBlanks()
      let start = position
      guard next == UInt8(ascii: "\"") else { throw failure(expected: "a key in quotes") }
      let key = try string()
      try require(":")
      guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
        throw Failure(byte: start, found: "the key \(quoted(key)) a second time", expected: "each key once")
      }
    } while take(",")
    try require("}")
    return .object(members)
  }

  private mutating func array(depth: Int) throws(Failure) -> JSON {
    try require("[")
    var values: [JSON] = []
    if take("]") { return .array(values) }
    repeat { values.append(try value(depth: depth + 1)) } while take(",")
    try require("]")
    return .array(values)
  }

  private mutating func digits() throws(Failure) {
    guard let first = next, isDigit(first) else { throw failure(expected: "a JSON value") }
    while let byte = next, isDigit(byte) { position += 1 }
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private mutating func number() throws(Failure) -> JSON {
    let start = position
    var isInteger = true
    if next == UInt8(ascii: "-") { position += 1 }
    let leading = position
    try digits()
    if bytes[leading] == 0x30 && position > leading + 1 {
      throw Failure(byte: leading, found: "a number with leading zeros", expected: "none")
    }
    if next == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw Failure(byte: start, found: quoted(text), expected: "a finite number")
    }
    return .number(value)
  }

  private mutating func string() throws(Failure) -> String {
    let start = position
    position += 1
    var content: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw failure(expected: "no control characters inside a string") }
      position += 1
      if byte == UInt8(ascii: "\\") { try escape(into: &content) } else { content.append(byte) }
    }
    guard next != nil else { throw failure(expected: "the closing quote of a string") }
    position += 1
    guard let text = String(validating: content, as: UTF8.self) else {
      throw Failure(byte: start, found: "a string that is not UTF-8", expected: "UTF-8")
    }
    return text
  }

  private mutating func escape(into content: inout [UInt8]) throws(Failure) {
    guard let byte = next else { throw failure(expected: "an escaped character") }
    let plain: [UInt8: UInt8] = [
      0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09,
    ]
    if let character = plain[byte] {
      position += 1
      content.append(character)
      return
    }
    guard byte == UInt8(ascii: "u") else { throw failure(expected: "one of \" \\ / b f n r t u after a backslash") }
    position += 1
    var code = try hexadecimal()
    if code >= 0xD800, code < 0xDC00, next == UInt8(ascii: "\\"), bytes[position...].starts(with: [0x5C, 0x75]) {
      position += 2
      let low = try hexadecimal()
      guard low >= 0xDC00, low < 0xE000 else { throw failure(expected: "the second half of a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = UnicodeScalar(code) else { throw failure(expected: "a whole surrogate pair") }
    content.append(contentsOf: String(scalar).utf8)
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }),
      let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw failure(expected: "four hexadecimal digits") }
    position += 4
    return code
  }
}
