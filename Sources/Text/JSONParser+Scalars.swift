extension JSONParser {
  mutating func number() throws(JSONError) -> JSON {
    let start = position
    var isWhole = true
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") {
      isWhole = false
      try digits()
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("-") { _ = take("+") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw wrong("a number out of range", at: start, expected: "a finite number")
    }
    return .number(value)
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard position > start else { throw missing("a digit") }
  }

  mutating func string() throws(JSONError) -> String {
    let start = position
    position += 1
    var text: [UInt8] = []
    while !take("\"") {
      guard let byte = next else {
        throw wrong("a text without its closing quote", at: start, expected: "a text in double quotes")
      }
      guard byte >= 0x20 else {
        throw wrong("a control character inside a text", at: position, expected: "an escape for it")
      }
      position += 1
      if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte) }
    }
    guard let text = String(validating: text, as: UTF8.self) else {
      throw wrong("a text that is not UTF-8", at: start, expected: "UTF-8")
    }
    return text
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    switch next {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[position])
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      position += 1
      return text.append(contentsOf: String(try scalar()).utf8)
    default: throw missing("one of \" \\ / b f n r t u after a backslash")
    }
    position += 1
  }

  /// A scalar written as one `\uXXXX`, or as two of them when it lies beyond the first 65,536.
  private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
    let start = position
    let first = try unit()
    var code = UInt32(first)
    if UTF16.isLeadSurrogate(first), take("\\"), take("u") {
      let second = try unit()
      if UTF16.isTrailSurrogate(second) { code = 0x10000 + (code - 0xD800) << 10 + (UInt32(second) - 0xDC00) }
    }
    // What is still half of a pair is no scalar.
    guard let scalar = Unicode.Scalar(code) else {
      throw wrong("half of a surrogate pair", at: start, expected: "both halves")
    }
    return scalar
  }

  private mutating func unit() throws(JSONError) -> UInt16 {
    let digits = bytes[position...].prefix(4)
    // A number's text may begin with a sign, four hexadecimal digits may not.
    guard digits.count == 4, digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw missing("four hexadecimal digits") }
    position += 4
    return unit
  }
}
