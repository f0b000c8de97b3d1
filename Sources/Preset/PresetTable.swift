internal import Text

/// One table of a preset file while it is read: it hands out checked values and knows where it stands, so that a
/// refusal names file, line and key.
struct PresetTable {
  let file: String
  let path: String
  let line: Int
  private let members: [String: TOML]

  /// Takes `table` for one that has no other keys than `keys`.
  init(_ table: TOML.Table, file: String, path: String, line: Int, keys: [String]) throws(PresetError) {
    self.file = file
    self.path = path
    self.line = line
    members = table.members
    for (key, value) in members.sorted(by: { $0.value.line < $1.value.line }) where !keys.contains(key) {
      let hint = nearest(to: key, in: keys).map { "; did you mean \(quoted($0))?" } ?? ""
      throw .refused(
        file: file, line: value.line, key: path, found: "the unknown key \(quoted(key))",
        expected: "only \(quotedList(keys))\(hint)")
    }
  }

  /// The full name of `key`, for example `late.then`.
  func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// True if the table has `key`.
  func has(_ key: String) -> Bool { members[key] != nil }

  /// What to throw when `key` does not hold what was `expected`.
  func refusal(_ key: String, expected: String) -> PresetError {
    .refused(
      file: file, line: members[key]?.line ?? line, key: place(key), found: members[key]?.shown ?? "no such key",
      expected: expected)
  }

  /// The line on which `key` stands, or that of the table.
  func line(of key: String) -> Int { members[key]?.line ?? line }

  /// The table under `key`, or an empty one.
  func table(_ key: String, keys: [String]) throws(PresetError) -> PresetTable {
    let value = members[key] ?? TOML(content: .table(TOML.Table(origin: .implied)), line: line)
    guard case .table(let table) = value.content else { throw refusal(key, expected: "a table") }
    return try PresetTable(table, file: file, path: place(key), line: value.line, keys: keys)
  }

  /// The number under `key` within `range`, or `standard` where the key is not given.
  func number(
    _ key: String, in range: ClosedRange<Double>, standard: Double, unit: String = ""
  ) throws(PresetError) -> Double {
    switch members[key]?.content {
    case nil: return standard
    case .integer(let number)? where range.contains(Double(number)): return Double(number)
    case .number(let number)? where range.contains(number): return number
    default: throw refusal(key, expected: "a number from \(range.lowerBound) to \(range.upperBound)\(unit)")
    }
  }

  /// The integer under `key` within `range`, or `standard` where the key is not given.
  func integer(_ key: String, in range: ClosedRange<Int>, standard: Int) throws(PresetError) -> Int {
    guard let value = members[key] else { return standard }
    guard case .integer(let number) = value.content, range.contains(number) else {
      throw refusal(key, expected: "an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// From 1 to `most` numbers within `range` under `key`, or `standard` where the key is not given.
  func numbers(
    _ key: String, in range: ClosedRange<Double>, most: Int, standard: [Double]
  ) throws(PresetError) -> [Double] {
    guard let value = members[key] else { return standard }
    let refusal = refusal(
      key, expected: "an array of 1 to \(most) numbers from \(range.lowerBound) to \(range.upperBound)")
    guard case .array(let values) = value.content, (1...most).contains(values.count) else { throw refusal }
    var numbers: [Double] = []
    for value in values {
      switch value.content {
      case .integer(let number) where range.contains(Double(number)): numbers.append(Double(number))
      case .number(let number) where range.contains(number): numbers.append(number)
      default: throw refusal
      }
    }
    return numbers
  }

  /// The hertz under `lowest` and `highest`, the one below the other, or what is standard where they are not given.
  func band(lowest: Double, highest: Double) throws(PresetError) -> (lowest: Double, highest: Double) {
    let lowest = try number("lowest", in: 0...96_000, standard: lowest, unit: " Hz")
    let highest = try number("highest", in: 0...384_000, standard: highest, unit: " Hz")
    guard lowest < highest else {
      let relation = has("highest") ? "above the lowest, \(lowest)" : "below the highest, \(highest)"
      throw refusal(has("highest") ? "highest" : "lowest", expected: "a number of hertz \(relation)")
    }
    return (lowest, highest)
  }

  /// The text under `key`: one line, neither empty nor longer than `limit` characters.
  func text(_ key: String, limit: Int) throws(PresetError) -> String {
    guard case .string(let text)? = members[key]?.content, !text.isEmpty, text.count <= limit,
      !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw refusal(key, expected: "a line of text of 1 to \(limit) characters") }
    return text
  }

  /// One of the words that `Choice` knows, or `standard` where the key is not given.
  func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, standard: Choice?) throws(PresetError) -> Choice
  where Choice.RawValue == String {
    if let standard, !has(key) { return standard }
    guard case .string(let word)? = members[key]?.content, let choice = Choice(rawValue: word) else {
      throw refusal(key, expected: "one of \(quotedList(Choice.allCases.map(\.rawValue)))")
    }
    return choice
  }
}
