/// `text` in quotes as an error shows it: cut to a readable length, and nothing in it can steer a terminal.
public func quoted(_ text: String) -> String {
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
public func quotedList(_ names: some Sequence<String>) -> String { names.map(quoted).joined(separator: ", ") }
