/// Reads one JSON text strictly by RFC 8259, in linear time and to a bounded depth.
///
/// What comes in at the socket is read by this one and not by a general decoder, which takes trailing commas, cannot say
/// where a text is broken, and costs far more for a hostile line than for an honest one of the same length.
struct JSONParser {
  /// Where a text is broken and how.
  struct Failure: Error, Equatable {
    /// The byte at which reading stopped, counted from 0.
    var position: Int
    /// What was wrong there.
    var reason: String
  }

  /// Lists and objects inside each other, at most.
  static let depthLimit = 16

  let bytes: [UInt8]
  var position = 0
  private var depth = 0

  /// The value that `bytes` hold, all of them.
  static func parse(_ bytes: [UInt8]) throws(Failure) -> JSON {
    var parser = JSONParser(bytes: bytes)
    let value = try parser.value()
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.failure("something after the end of the value") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  func failure(_ reason: String) -> Failure { Failure(position: position, reason: reason) }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
  }

  private mutating func value() throws(Failure) -> JSON {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try nested { parser throws(Failure) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(Failure) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return try number()
    case nil: throw failure("a value is missing")
    default: throw failure("not the start of a value")
    }
  }

  private mutating func nested(_ read: (inout JSONParser) throws(Failure) -> JSON) throws(Failure) -> JSON {
    guard depth < Self.depthLimit else { throw failure("nested deeper than \(Self.depthLimit)") }
    depth += 1
    position += 1
    let value = try read(&self)
    depth -= 1
    return value
  }

  private mutating func object() throws(Failure) -> JSON {
    var members: [String: JSON] = [:]
    skipSpace()
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw failure("a name in double quotes is missing") }
      let start = position
      let name = try string()
      skipSpace()
      guard take(":") else { throw failure("':' is missing after \"\(name)\"") }
      guard members.updateValue(try value(), forKey: name) == nil else {
        throw Failure(position: start, reason: "\"\(name)\" is given twice")
      }
      skipSpace()
    } while take(",")
    guard take("}") else { throw failure("',' or '}' is missing") }
    return .object(members)
  }

  private mutating func array() throws(Failure) -> JSON {
    var values: [JSON] = []
    skipSpace()
    if take("]") { return .array(values) }
    repeat {
      values.append(try value())
      skipSpace()
    } while take(",")
    guard take("]") else { throw failure("',' or ']' is missing") }
    return .array(values)
  }

  private mutating func word(_ text: StaticString, _ value: JSON) throws(Failure) -> JSON {
    guard bytes[position...].starts(with: "\(text)".utf8) else { throw failure("not the start of a value") }
    position += text.utf8CodeUnitCount
    return value
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }
}
