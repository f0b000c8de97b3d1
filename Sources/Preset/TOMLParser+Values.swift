internal import Text

extension TOMLParser {
  /// Any value, from its first character on.
  mutating func value(depth: Int) throws(Failure) -> TOML {
    let line = line
    guard depth < Self.depthLimit else {
      throw Failure(line: line, found: "deeper nesting", expected: "at most \(Self.depthLimit) levels")
    }
    let content: TOML.Content
    switch next {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): content = .string(try string())
    case UInt8(ascii: "["): content = .array(try array(depth: depth))
    case UInt8(ascii: "{"): content = .table(try inlineTable(depth: depth))
    default: content = try word()
    }
    return TOML(content: content, line: line)
  }

  private mutating func array(depth: Int) throws(Failure) -> [TOML] {
    var values: [TOML] = []
    position += 1
    try skipLines()
    while !take("]") {
      values.append(try value(depth: depth + 1))
      try skipLines()
      guard take(",") || next == UInt8(ascii: "]") else { throw failure(expected: "a comma or \"]\"") }
      try skipLines()
    }
    return values
  }

  private mutating func inlineTable(depth: Int) throws(Failure) -> TOML.Table {
    var table = TOML.Table(origin: .inline)
    position += 1
    skipBlanks()
    if take("}") { return table }
    repeat {
      let line = line
      let path = try key()
      try insert(assigned(depth: depth + 1), at: path[...], below: [], in: &table, line: line)
      skipBlanks()
    } while take(",")
    guard take("}") else { throw failure(expected: "a comma or \"}\"") }
    return table
  }

  /// `true`, `false` or a number.
  private mutating func word() throws(Failure) -> TOML.Content {
    let start = position
    let line = line
    while let byte = next, isWord(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if text.isEmpty { throw failure(expected: "a value") }
    if text == "true" { return .boolean(true) }
    if text == "false" { return .boolean(false) }
    if let integer = Self.integer(text) { return .integer(integer) }
    if let number = Self.number(text) { return .number(number) }
    throw Failure(
      line: line, found: quoted(text), expected: "a text in quotes, a finite number, true, false, an array or a table")
  }

  private func isWord(_ byte: UInt8) -> Bool {
    switch UnicodeScalar(byte) {
    case "a"..."z", "A"..."Z", "0"..."9", "+", "-", "_", ".", ":": true
    default: false
    }
  }

  /// `text` without the underscores that TOML allows between digits; nil where one stands elsewhere.
  private static func digits(_ text: Substring) -> String? {
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ $0.first?.isHexDigit == true && $0.last?.isHexDigit == true }) else { return nil }
    return parts.joined()
  }

  private static func integer(_ text: String) -> Int? {
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
      return digits(text.dropFirst(2)).flatMap { Int($0, radix: radix) }
    }
    let sign = text.first == "-" || text.first == "+" ? String(text.prefix(1)) : ""
    guard let plain = digits(text.dropFirst(sign.count)), plain.allSatisfy(\.isNumber),
      plain == "0" || plain.first != "0"
    else { return nil }
    return Int(sign + plain)
  }

  private static func number(_ text: String) -> Double? {
    let mantissaEnd = text.firstIndex { $0 == "e" || $0 == "E" } ?? text.endIndex
    var mantissa = text[..<mantissaEnd]
    let sign = mantissa.first == "-" || mantissa.first == "+" ? String(mantissa.removeFirst()) : ""
    let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2 || mantissaEnd < text.endIndex else { return nil }
    guard parts.count <= 2, let whole = digits(parts[0]), whole.allSatisfy(\.isNumber),
      whole == "0" || whole.first != "0"
    else { return nil }
    var plain = sign + whole
    if parts.count == 2 {
      guard let fraction = digits(parts[1]), fraction.allSatisfy(\.isNumber) else { return nil }
      plain += "." + fraction
    }
    if mantissaEnd < text.endIndex {
      var exponent = text[mantissaEnd...].dropFirst()
      let sign = exponent.first == "-" || exponent.first == "+" ? String(exponent.removeFirst()) : ""
      guard let digits = digits(exponent), digits.allSatisfy(\.isNumber) else { return nil }
      plain += "e" + sign + digits
    }
    guard let number = Double(plain), number.isFinite else { return nil }
    return number
  }
}
