import Control
import Foundation
import Text

/// A line of the protocol, looked into by dotted names: `message["error.code"]`.
struct Message: Sendable, Equatable {
  let json: JSON

  init(_ json: JSON) { self.json = json }

  init(line: String) throws { json = try JSONDecoder().decode(JSON.self, from: Data(line.utf8)) }

  subscript(path: String) -> JSON? {
    var value: JSON? = json
    for name in path.split(separator: ".") {
      guard case .object(let members)? = value else { return nil }
      value = members[String(name)]
    }
    return value
  }

  func text(_ path: String) -> String {
    guard case .string(let text)? = self[path] else { return "" }
    return text
  }

  /// The members of a list.
  var list: [Message] {
    guard case .array(let values) = json else { return [] }
    return values.map(Message.init)
  }

  /// The names of an object's members, sorted.
  func names(_ path: String) -> [String] {
    guard case .object(let members)? = self[path] else { return [] }
    return members.keys.sorted()
  }
}
