internal import Text

/// Why an ONNX file could not be imported.
public enum ONNXError: Error, Sendable, CustomStringConvertible {
  /// There is no file of this name.
  case notFound(file: String)
  /// The system would not let it be read; `reason` is the system's word for it.
  case unreadable(file: String, reason: String)
  /// The file is damaged, or says something that is no model; `place` is a byte, a tensor's name or empty.
  case broken(file: String, place: String, found: String, expected: String)
  /// The model is sound and asks for more than Sotto has; all of it is listed.
  case unsupported(file: String, [UnsupportedNode])
  /// The file does not say something that Sotto has to know, and neither does an option.
  case undecided(file: String, question: String)

  /// For a person: what was found, what was expected, and for a model that asks too much one line for each place.
  public var description: String {
    switch self {
    case .notFound(let file): "\(file): no such file"
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .broken(let file, let place, let found, let expected):
      "\(file): \(place.isEmpty ? "" : place + ": ")found \(found), expected \(expected)"
    case .unsupported(let file, let nodes):
      "\(file): \(nodes.count) \(nodes.count == 1 ? "place" : "places") that Sotto cannot run:\n"
        + nodes.map { "  \($0)" }.joined(separator: "\n")
    case .undecided(let file, let question): "\(file): \(question)"
    }
  }
}

/// A node of a graph that cannot be imported, and why.
public struct UnsupportedNode: Error, Sendable, CustomStringConvertible {
  /// The operator, for example `LSTM`.
  public let kind: String
  /// The node's name, or that of its first result where it has none.
  public let name: String
  /// What stands there, for example `attribute clip 3.0`.
  public let found: String
  /// What would have been taken.
  public let expected: String

  /// One line, for example `LSTM "/lstm/LSTM": attribute clip 3.0; supported: no clip`.
  public var description: String {
    "\(Operator.attributes[kind] == nil ? quoted(kind) : kind) \(quoted(name)): \(found); supported: \(expected)"
  }
}

/// Why the node at hand cannot be translated; ``UnsupportedNode`` adds which.
struct Refusal: Error {
  let found: String
  let expected: String

  init(_ found: String, expected: String) {
    self.found = found
    self.expected = expected
  }
}
