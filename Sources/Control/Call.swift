internal import Text

/// One JSON-RPC request as it came: understood or refused, and with the id under which a reply is awaited.
struct Call: Sendable {
  /// The id to reply under; `nil` for a notification, to which nobody listens for a reply.
  var id: JSON?
  /// What is asked, or why it cannot be.
  var request: Result<ControlRequest, ControlError>

  private static let members = ["jsonrpc", "id", "method", "params"]

  init(_ json: JSON) {
    guard case .object(let members) = json else {
      self.init(invalid: "found \(json.described), expected an object")
      return
    }
    // The id is read first, so that a refusal goes to who asked; one that is no id is answered under null.
    let id = members["id"]
    if let id, !id.isIdentifier {
      self.init(invalid: "\"id\": found \(id.described), expected a text, a number or null")
      return
    }
    guard members["jsonrpc"] == "2.0" else {
      let found = members["jsonrpc"]?.described ?? "nothing"
      self.init(invalid: "\"jsonrpc\": found \(found), expected the text \"2.0\"", id: id)
      return
    }
    if let key = members.keys.sorted().first(where: { !Self.members.contains($0) }) {
      let error = ControlError.unknown(.invalidRequest, "member of a request", key, known: Self.members)
      self.init(id: id ?? .null, request: .failure(error))
      return
    }
    guard case .string(let method)? = members["method"] else {
      let found = members["method"]?.described ?? "nothing"
      self.init(invalid: "\"method\": found \(found), expected a text", id: id)
      return
    }
    do throws(ControlError) {
      self.init(id: id, request: .success(try ControlRequest(method: method, parameters: members["params"])))
    } catch {
      self.init(id: id, request: .failure(error))
    }
  }

  private init(id: JSON?, request: Result<ControlRequest, ControlError>) {
    self.id = id
    self.request = request
  }

  private init(invalid reason: String, id: JSON? = nil) {
    self.init(id: id ?? .null, request: .failure(ControlError(.invalidRequest, "Not a request: \(reason).")))
  }
}

extension JSON {
  fileprivate var isIdentifier: Bool {
    switch self {
    case .null, .integer, .number, .string: true
    case .bool, .array, .object: false
    }
  }
}
