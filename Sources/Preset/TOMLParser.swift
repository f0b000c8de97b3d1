internal import Text

/// Reads a preset file: TOML 1.0, save for dates and arrays of tables, which no preset has a use for.
///
/// Every value keeps its line, so that whatever is wrong with it later can be told with file and line.
struct TOMLParser {
  /// What is wrong, and on which line.
  struct Failure: Error, Equatable {
    var line: Int
    var found: String
    var expected: String
  }

  static let depthLimit = 32

  let bytes: [UInt8]
  var position = 0
  private var root = TOML.Table(origin: .header)
  /// Where the line ends are.
  private let lineEnds: [Int]

  /// The table that the UTF-8 text `bytes` holds.
  static func parse(_ bytes: [UInt8]) throws(Failure) -> TOML.Table {
    var parser = TOMLParser(bytes: bytes)
    try parser.document()
    return parser.root
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
    lineEnds = bytes.indices.filter { bytes[$0] == 0x0A }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// The line of the next byte.
  var line: Int {
    var (low, high) = (0, lineEnds.count)
    while low < high {
      let middle = (low + high) / 2
      if lineEnds[middle] < position { low = middle + 1 } else { high = middle }
    }
    return low + 1
  }

  func failure(expected: String) -> Failure {
    let found =
      switch next {
      case nil: "the end of the file"
      case 0x0A, 0x0D: "the end of the line"
      default: quoted(String(String(decoding: bytes[position...].prefix(4), as: UTF8.self).prefix(1)))
      }
    return Failure(line: line, found: found, expected: expected)
  }

  func at(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

  mutating func take(_ text: String) -> Bool {
    guard at(text) else { return false }
    position += text.utf8.count
    return true
  }

  mutating func skipBlanks() {
    while next == 0x20 || next == 0x09 { position += 1 }
  }

  /// Blanks, line ends and comments.
  mutating func skipLines() throws(Failure) {
    repeat {
      skipBlanks()
      try skipComment()
    } while takeLineEnd()
  }

  mutating func takeLineEnd() -> Bool { take("\n") || take("\r\n") }

  private mutating func skipComment() throws(Failure) {
    guard take("#") else { return }
    while let byte = next, byte != 0x0A, !at("\r\n") {
      guard !isControl(byte) else { throw failure(expected: "no control characters") }
      position += 1
    }
  }

  /// Control characters other than the tab have no place in a text file.
  func isControl(_ byte: UInt8) -> Bool { (byte < 0x20 && byte != 0x09) || byte == 0x7F }

  private mutating func document() throws(Failure) {
    var header: [String] = []
    try skipLines()
    while next != nil {
      if take("[") {
        guard next != UInt8(ascii: "[") else { throw failure(expected: "a table; a preset has no arrays of tables") }
        let line = line
        header = try key()
        skipBlanks()
        guard take("]") else { throw failure(expected: quoted("]")) }
        try open(header[...], in: &root, line: line)
      } else {
        let line = line
        let path = try key()
        let value = try assigned(depth: 0)
        try insert(value, at: path[...], below: header[...], in: &root, line: line)
      }
      skipBlanks()
      try skipComment()
      guard next == nil || takeLineEnd() else { throw failure(expected: "the end of the line") }
      try skipLines()
    }
  }

  /// The value behind the equals sign.
  mutating func assigned(depth: Int) throws(Failure) -> TOML {
    skipBlanks()
    guard take("=") else { throw failure(expected: quoted("=")) }
    skipBlanks()
    return try value(depth: depth)
  }

  /// A bare, quoted or dotted key.
  mutating func key() throws(Failure) -> [String] {
    var parts: [String] = []
    repeat {
      skipBlanks()
      if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") {
        guard !at("\"\"\"") && !at("'''") else { throw failure(expected: "a key on one line") }
        parts.append(try string())
      } else {
        let start = position
        while let byte = next, isBare(byte) { position += 1 }
        guard position > start else { throw failure(expected: "a key") }
        parts.append(String(decoding: bytes[start..<position], as: UTF8.self))
      }
      skipBlanks()
    } while take(".")
    guard parts.count <= Self.depthLimit else {
      throw Failure(line: line, found: "a key of \(parts.count) parts", expected: "at most \(Self.depthLimit)")
    }
    return parts
  }

  private func isBare(_ byte: UInt8) -> Bool {
    switch UnicodeScalar(byte) {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
    default: false
    }
  }

  private func repeated(_ key: String, line: Int) -> Failure {
    Failure(line: line, found: "\(quoted(key)) a second time", expected: "each key and each table once")
  }

  /// Makes the table of a `[header]`.
  private func open(_ path: ArraySlice<String>, in table: inout TOML.Table, line: Int) throws(Failure) {
    guard let key = path.first else { return }
    let isLast = path.count == 1
    var inner = TOML.Table(origin: isLast ? .header : .implied)
    var start = line
    if let existing = table.members[key] {
      guard case .table(let known) = existing.content, known.origin != .inline,
        !isLast || known.origin == .implied
      else { throw repeated(key, line: line) }
      inner = known
      start = existing.line
      if isLast { inner.origin = .header }
    }
    try open(path.dropFirst(), in: &inner, line: line)
    table.members[key] = TOML(content: .table(inner), line: start)
  }

  /// Puts `value` under the dotted key `path` of the table that the last header opened.
  func insert(
    _ value: TOML, at path: ArraySlice<String>, below header: ArraySlice<String>, in table: inout TOML.Table, line: Int
  ) throws(Failure) {
    if let key = header.first, let existing = table.members[key], case .table(var inner) = existing.content {
      try insert(value, at: path, below: header.dropFirst(), in: &inner, line: line)
      table.members[key] = TOML(content: .table(inner), line: existing.line)
    } else if let key = path.first, path.count > 1 {
      var inner = TOML.Table(origin: .dotted)
      if let existing = table.members[key] {
        guard case .table(let known) = existing.content, known.origin == .dotted else {
          throw repeated(key, line: line)
        }
        inner = known
      }
      try insert(value, at: path.dropFirst(), below: [], in: &inner, line: line)
      table.members[key] = TOML(content: .table(inner), line: line)
    } else if let key = path.first {
      guard table.members.updateValue(value, forKey: key) == nil else { throw repeated(key, line: line) }
    }
  }
}
