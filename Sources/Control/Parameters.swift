internal import Text

/// The `params` of a request, read by name: what is missing, unknown, of the wrong kind or out of range is refused.
struct Parameters {
  private let method: String
  private let members: [String: JSON]

  /// Takes the `params` of `method`, which knows only `keys`.
  init(_ json: JSON?, of method: String, keys: [String]) throws(ControlError) {
    self.method = method
    switch json {
    case nil: members = [:]
    case .object(let members): self.members = members
    case let other?:
      throw .parameter("params", of: method, found: other.described, expected: "an object with values by name")
    }
    for key in members.keys.sorted() where !keys.contains(key) {
      guard !keys.isEmpty else {
        throw ControlError(
          .invalidParameters, "\"\(method)\" has no parameters: found \"\(key.prefix(80))\".",
          data: .init(key: String(key.prefix(80)), found: String(key.prefix(80)), expected: "no parameters"))
      }
      throw .unknown(.invalidParameters, "parameter of \"\(method)\"", key, known: keys)
    }
  }

  func has(_ key: String) -> Bool { members[key] != nil }

  func text(_ key: String) throws(ControlError) -> String {
    guard case .string(let text)? = members[key], !text.isEmpty else { throw refusal(key, expected: "a text") }
    return text
  }

  func flag(_ key: String) throws(ControlError) -> Bool {
    guard case .bool(let flag)? = members[key] else { throw refusal(key, expected: "true or false") }
    return flag
  }

  func number(
    _ key: String, in range: ClosedRange<Double>, default: Double? = nil
  ) throws(ControlError) -> Double {
    if let `default`, !has(key) { return `default` }
    guard let number = members[key]?.double, range.contains(number) else {
      throw refusal(key, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A gain in decibels; `null` for silence.
  func gain(_ key: String) throws(ControlError) -> Decibels {
    if members[key] == .null { return .silent }
    guard let number = members[key]?.double, Gains.range.contains(number) else {
      throw refusal(
        key,
        expected: "a number from \(Int(Gains.range.lowerBound)) to \(Int(Gains.range.upperBound)), or null for silence")
    }
    return Decibels(number)
  }

  func word<Word: RawRepresentable<String> & CaseIterable>(_ key: String) throws(ControlError) -> Word {
    try word(key, members[key])
  }

  func words<Word: RawRepresentable<String> & CaseIterable>(_ key: String) throws(ControlError) -> [Word] {
    guard case .array(let values)? = members[key], !values.isEmpty, values.count <= Word.allCases.count else {
      throw refusal(key, expected: "a list of \(Self.names(Word.self))")
    }
    var words: [Word] = []
    for value in values { words.append(try word(key, value)) }
    return words
  }

  private func word<Word: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ value: JSON?
  ) throws(ControlError) -> Word {
    guard case .string(let text)? = value else { throw refusal(key, value, expected: Self.names(Word.self)) }
    guard let word = Word(rawValue: text) else {
      throw .unknown(.invalidParameters, key, text, known: Word.allCases.map(\.rawValue))
    }
    return word
  }

  private static func names<Word: RawRepresentable<String> & CaseIterable>(_: Word.Type) -> String {
    Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
  }

  private func refusal(_ key: String, expected: String) -> ControlError {
    refusal(key, members[key], expected: expected)
  }

  private func refusal(_ key: String, _ value: JSON?, expected: String) -> ControlError {
    .parameter(key, of: method, found: value?.described ?? "nothing", expected: expected)
  }
}

extension JSON {
  fileprivate var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
