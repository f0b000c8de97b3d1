/// The first line of a connection: who answers, and in which version of the protocol.
public struct Hello: Codable, Sendable, Equatable {
  /// The version of the protocol that this code speaks; it grows when an old client would misunderstand a new daemon.
  public static let currentProtocol = 1

  /// The program that answers.
  public var program: String
  /// Its version.
  public var version: String
  /// The version of the protocol.
  public var `protocol`: Int

  /// A greeting in this protocol.
  public init(program: String, version: String, protocol: Int = Hello.currentProtocol) {
    self.program = program
    self.version = version
    self.protocol = `protocol`
  }
}
