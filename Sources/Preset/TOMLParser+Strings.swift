extension TOMLParser {
  /// A text in any of the four kinds of quotes.
  mutating func string() throws(Failure) -> String {
    if take("\"\"\"") { return try text(until: "\"\"\"", escapes: true) }
    if take("'''") { return try text(until: "'''", escapes: false) }
    if take("\"") { return try text(until: "\"", escapes: true) }
    position += 1
    return try text(until: "'", escapes: false)
  }

  private mutating func text(until end: String, escapes: Bool) throws(Failure) -> String {
    let spansLines = end.utf8.count == 3
    let line = line
    var content: [UInt8] = []
    if spansLines { _ = takeLineEnd() }
    while !closes(end) {
      guard let byte = next else {
        throw Failure(line: line, found: "a text without end", expected: "its closing quotes")
      }
      if escapes, take("\\") {
        if spansLines, skipLineContinuation() { continue }
        content += try escaped().utf8
      } else if spansLines, takeLineEnd() {
        content.append(0x0A)
      } else {
        guard !isControl(byte) else { throw failure(expected: "no control characters or line ends in a text") }
        position += 1
        content.append(byte)
      }
    }
    position += end.utf8.count
    // The whole file was found to be UTF-8 before it came here.
    return String(decoding: content, as: UTF8.self)
  }

  /// True at the closing quotes; of a longer run of quotes the last three close, so that a text may end in quotes.
  private func closes(_ end: String) -> Bool {
    guard at(end) else { return false }
    return end.utf8.count == 1 || !at(end + end.prefix(1)) || at(end + end)
  }

  /// After a backslash at the end of a line: skips to the next text.
  private mutating func skipLineContinuation() -> Bool {
    let start = position
    skipBlanks()
    guard takeLineEnd() else {
      position = start
      return false
    }
    repeat { skipBlanks() } while takeLineEnd()
    return true
  }

  private mutating func escaped() throws(Failure) -> String {
    let plain: [UInt8: String] = [
      0x62: "\u{8}", 0x74: "\t", 0x6E: "\n", 0x66: "\u{C}", 0x72: "\r", 0x22: "\"", 0x5C: "\\",
    ]
    guard let byte = next else { throw failure(expected: "an escaped character") }
    if let text = plain[byte] {
      position += 1
      return text
    }
    let length = byte == UInt8(ascii: "u") ? 4 : byte == UInt8(ascii: "U") ? 8 : 0
    let digits = bytes[position...].dropFirst().prefix(length)
    guard length > 0, digits.count == length, digits.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }),
      let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), let scalar = UnicodeScalar(code)
    else { throw failure(expected: "one of b t n f r \" \\ uXXXX UXXXXXXXX after a backslash") }
    position += 1 + length
    return String(scalar)
  }
}
