internal import Text

/// One JSON object of a description while it is read: it hands out checked values and knows where it stands, so that
/// a refusal names file and key.
struct Section {
  let file: String
  let path: String
  private let members: [String: JSON]

  /// Takes `value` for an object with all of the keys `keys`, and no other than those and `optional` ones.
  init(_ value: JSON, file: String, path: String, keys: [String], optional: [String] = []) throws(ModelError) {
    self.file = file
    self.path = path
    guard case .object(let members) = value else {
      throw .refused(file: file, place: path, found: value.shown, expected: "an object")
    }
    self.members = members
    for key in members.keys.sorted() where !keys.contains(key) && !optional.contains(key) {
      throw .refused(
        file: file, place: path, found: "the unknown key \(quoted(key))",
        expected: "only \(quotedList(keys + optional))")
    }
    for key in keys where members[key] == nil {
      throw .refused(file: file, place: place(key), found: "no such key", expected: "a value for it")
    }
  }

  /// The full name of `key`, for example `input.level.seconds`.
  func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// The value of `key` as it stands.
  func value(_ key: String) -> JSON { members[key] ?? .null }

  /// Whether there is a value for `key`.
  func has(_ key: String) -> Bool { members[key] != nil }

  /// What to throw when `key` does not hold what was `expected`.
  func refusal(_ key: String, expected: String) -> ModelError {
    .refused(file: file, place: place(key), found: members[key]?.shown ?? "no such key", expected: expected)
  }

  /// The object under `key`.
  func section(_ key: String, keys: [String], optional: [String] = []) throws(ModelError) -> Section {
    try Section(value(key), file: file, path: place(key), keys: keys, optional: optional)
  }

  /// The array under `key`.
  func array(_ key: String) throws(ModelError) -> [JSON] {
    guard case .array(let values) = value(key) else { throw refusal(key, expected: "an array") }
    return values
  }

  /// The integer under `key`, within `range`, or `standard` where the key is not given.
  func integer(_ key: String, in range: ClosedRange<Int>, standard: Int? = nil) throws(ModelError) -> Int {
    if let standard, !has(key) { return standard }
    guard case .integer(let number) = value(key), range.contains(number) else {
      throw refusal(key, expected: "an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// The number under `key`, within `range`, or `standard` where the key is not given.
  func number(_ key: String, in range: ClosedRange<Double>, standard: Double? = nil) throws(ModelError) -> Double {
    if let standard, !has(key) { return standard }
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

  /// True or false under `key`, or `standard` where the key is not given.
  func flag(_ key: String, standard: Bool) throws(ModelError) -> Bool {
    guard has(key) else { return standard }
    guard case .bool(let flag) = value(key) else { throw refusal(key, expected: "true or false") }
    return flag
  }

  /// One of the words that `Choice` knows, or `standard` where the key is not given.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, standard: Choice? = nil
  ) throws(ModelError) -> Choice where Choice.RawValue == String {
    if let standard, !has(key) { return standard }
    guard case .string(let word) = value(key), let choice = Choice(rawValue: word) else {
      let words = quotedList(Choice.allCases.map(\.rawValue))
      throw refusal(key, expected: Choice.allCases.count == 1 ? words : "one of \(words)")
    }
    return choice
  }
}
