/// Why a request was refused: the `error` member of a reply.
public struct ControlError: Error, Sendable, Equatable, Codable {
  /// What kind of refusal it is, for programs.
  public var code: Code
  /// One sentence for people, which names what was found and what was expected.
  public var message: String
  /// The parts of the message, for programs.
  public var data: Detail?

  /// Puts a refusal together.
  public init(_ code: Code, _ message: String, data: Detail? = nil) {
    self.code = code
    self.message = message
    self.data = data
  }

  /// The parts of a refusal; each is there only where it says something.
  public struct Detail: Sendable, Equatable, Codable {
    /// The file that is at fault.
    public var file: String?
    /// The name of the value that is at fault.
    public var key: String?
    /// What was found.
    public var found: String?
    /// What was expected.
    public var expected: String?
    /// The known word that is nearest to the unknown one.
    public var suggestion: String?

    /// Puts the parts together.
    public init(
      file: String? = nil, key: String? = nil, found: String? = nil, expected: String? = nil, suggestion: String? = nil
    ) {
      self.file = file
      self.key = key
      self.found = found
      self.expected = expected
      self.suggestion = suggestion
    }
  }
}

extension ControlError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
