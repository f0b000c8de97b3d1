extension JSONParser {
  mutating func number() throws(Failure) -> JSON {
    let start = position
    var whole = true
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") {
      whole = false
      try digits()
    }
    if take("e") || take("E") {
      whole = false
      if !take("-") { _ = take("+") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if whole, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw Failure(position: start, reason: "a number out of range")
    }
    return .number(value)
  }

  private mutating func digits() throws(Failure) {
    let start = position
    while let byte = next, Self.isDigit(byte) { position += 1 }
    guard position > start else { throw failure("a digit is missing") }
  }

  mutating func string() throws(Failure) -> String {
    let start = position
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw Failure(position: start, reason: "a text that is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20:
        position -= 1
        throw failure("a control character inside a text")
      default: text.append(byte)
      }
    }
    throw Failure(position: start, reason: "a text without its closing quote")
  }

  private mutating func escape(into text: inout [UInt8]) throws(Failure) {
    guard let byte = next else { throw failure("a text without its closing quote") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar()).utf8)
    default:
      position -= 1
      throw failure("an unknown escape")
    }
  }

  /// A scalar written as one `\uXXXX`, or as two of them when it lies beyond the first 65,536.
  private mutating func scalar() throws(Failure) -> Character {
    let first = try unit()
    var code = UInt32(first)
    if UTF16.isLeadSurrogate(first) {
      guard take("\\"), take("u") else { throw failure("half of a surrogate pair") }
      let second = try unit()
      guard UTF16.isTrailSurrogate(second) else { throw failure("half of a surrogate pair") }
      code = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair") }
    return Character(scalar)
  }

  private mutating func unit() throws(Failure) -> UInt16 {
    guard position + 4 <= bytes.count,
      bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw failure("four hexadecimal digits are missing") }
    position += 4
    return unit
  }
}
