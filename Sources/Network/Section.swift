internal import Text

/// One JSON object of a description while it is read: it hands out checked values and knows where it stands, so that
/// a refusal names file and key.
struct Section {
  let file: String
  let path: String
  private let members: [String: JSON]

  /// Takes `value` for an object with exactly the keys `keys`.
  init(_ value: JSON, file: String, path: String, keys: [String]) throws(ModelError) {
    self.file = file
    self.path = path
    guard case .object(let members) = value else {
      throw .refused(file: file, place: path, found: value.shown, expected: "an object")
    }
    self.members = members
    for key in members.keys.sorted() where !keys.contains(key) {
      throw .refused(
        file: file, place: path, found: "the unknown key \(quoted(key))", expected: "only \(quotedList(keys))")
    }
    for key in keys where members[key] == nil {
      throw .refused(file: file, place: place(key), found: "no such key", expected: "a value for it")
    }
  }

  /// The full name of `key`, for example `input.level.seconds`.
  func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// The value of `key` as it stands.
  func value(_ key: String) -> JSON { members[key] ?? .null }

  /// What to throw when `key` does not hold what was `expected`.
  func refusal(_ key: String, expected: String) -> ModelError {
    .refused(file: file, place: place(key), found: value(key).shown, expected: expected)
  }

  /// The object under `key`.
  func section(_ key: String, keys: [String]) throws(ModelError) -> Section {
    try Section(value(key), file: file, path: place(key), keys: keys)
  }

  /// The array under `key`.
  func array(_ key: String) throws(ModelError) -> [JSON] {
    guard case .array(let values) = value(key) else { throw refusal(key, expected: "an array") }
    return values
  }

  /// The integer under `key`, within `range`.
  func integer(_ key: String, in range: ClosedRange<Int>) throws(ModelError) -> Int {
    guard case .integer(let number) = value(key), range.contains(number) else {
      throw refusal(key, expected: "an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// The number under `key`, within `range`.
  func number(_ key: String, in range: ClosedRange<Double>) throws(ModelError) -> Double {
    switch value(key) {
    case .integer(let number) where range.contains(Double(number)): return Double(number)
    case .number(let number) where range.contains(number): return number
    default: throw refusal(key, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// The text under `key`: one line, neither empty nor longer than `limit` characters.
  func text(_ key: String, limit: Int) throws(ModelError) -> String {
    guard case .string(let text) = value(key), !text.isEmpty, text.count <= limit,
      !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw refusal(key, expected: "a line of text of 1 to \(limit) characters") }
    return text
  }

  /// The name under `key`: letters, digits, `.`, `-` and `_`.
  func name(_ key: String) throws(ModelError) -> String {
    let allowed = { (byte: UInt8) in
      switch UnicodeScalar(byte) {
      case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_": true
      default: false
      }
    }
    guard case .string(let name) = value(key), !name.isEmpty, name.utf8.count <= 64, name.utf8.allSatisfy(allowed)
    else { throw refusal(key, expected: "a name of 1 to 64 letters, digits, dots, dashes and underscores") }
    return name
  }

  /// One of the words that `Choice` knows.
  func choice<Choice: RawRepresentable & CaseIterable>(_ key: String) throws(ModelError) -> Choice
  where Choice.RawValue == String {
    guard case .string(let word) = value(key), let choice = Choice(rawValue: word) else {
      let words = quotedList(Choice.allCases.map(\.rawValue))
      throw refusal(key, expected: Choice.allCases.count == 1 ? words : "one of \(words)")
    }
    return choice
  }
}
