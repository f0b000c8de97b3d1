internal import Text

/// A value of a preset file, with the line on which it stands.
struct TOML: Equatable, Sendable {
  /// What the value is.
  enum Content: Equatable, Sendable {
    case string(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case array([TOML])
    case table(Table)
  }

  /// A table, and how it came to be, which decides what may still be added to it.
  struct Table: Equatable, Sendable {
    enum Origin: Equatable, Sendable {
      /// On the way to a deeper `[header]`.
      case implied
      /// By a `[header]` of its own.
      case header
      /// By a dotted key.
      case dotted
      /// In braces.
      case inline
    }

    var members: [String: TOML] = [:]
    var origin: Origin
  }

  var content: Content
  var line: Int

  /// The value as an error shows it.
  var shown: String {
    switch content {
    case .string(let text): quoted(text)
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .boolean(let flag): "\(flag)"
    case .array(let values): "an array of \(values.count)"
    case .table: "a table"
    }
  }
}
