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

/// `text` in quotes as an error shows it: cut to a readable length, and nothing in it can steer a terminal.
func quoted(_ text: String) -> String {
  var shown = "\""
  for scalar in text.unicodeScalars.prefix(80) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
      shown += "\\u{" + String(scalar.value, radix: 16) + "}"
    default: shown.unicodeScalars.append(scalar)
    }
  }
  return shown + (text.unicodeScalars.count > 80 ? "…\"" : "\"")
}

/// `"a", "b", "c"`, in the given order.
func quotedList(_ names: some Sequence<String>) -> String { names.map(quoted).joined(separator: ", ") }
