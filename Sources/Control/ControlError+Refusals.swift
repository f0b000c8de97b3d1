internal import Text

extension ControlError {
  /// The refusal of a word that is none of `known`, with the nearest of them when one is near.
  ///
  /// - Parameters:
  ///   - code: What kind of word it is, for programs.
  ///   - kind: What kind of word it is, for people: "method", "preset".
  ///   - word: The word found.
  ///   - known: The words that would do, in the order in which to name them.
  public static func unknown(_ code: Code, _ kind: String, _ word: String, known: [String]) -> ControlError {
    let suggestion = nearest(to: word, in: known)
    let hint = suggestion.map { "Did you mean \"\($0)\"?" } ?? "There are: \(known.joined(separator: ", "))."
    return ControlError(
      code, "There is no \(kind) \"\(word.prefix(80))\". \(hint)",
      data: Detail(
        key: kind, found: String(word.prefix(80)), expected: known.joined(separator: ", "), suggestion: suggestion))
  }

  /// The refusal of a preset that is not there.
  public static func unknownPreset(_ name: String, known: [String]) -> ControlError {
    unknown(.presetUnknown, "preset", name, known: known)
  }

  static func parameter(_ key: String, of method: String, found: String, expected: String) -> ControlError {
    ControlError(
      .invalidParameters, "\"\(key)\" of \"\(method)\": found \(found), expected \(expected).",
      data: Detail(key: key, found: found, expected: expected))
  }
}
