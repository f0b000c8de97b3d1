/// Why a client got no result.
public enum ControlClientError: Error, Sendable, Equatable {
  /// No daemon answers at the path.
  case noDaemon(path: String)
  /// What listens at the path runs as a user that this one has no reason to trust.
  case foreignDaemon(path: String, user: UInt32)
  /// What answers at the path speaks something else.
  case notSotto(path: String, found: String)
  /// The daemon speaks another version of the protocol.
  case protocolMismatch(hello: Hello)
  /// The daemon refused the request.
  case refused(ControlError)
  /// No answer came in time.
  case timedOut(path: String, seconds: Double)
  /// The daemon closed the connection.
  case closed(path: String)
  /// The answer is none that this client understands.
  case unexpected(String)
  /// The system refused.
  case system(path: String, SystemFailure)
}

extension ControlClientError: CustomStringConvertible {
  /// What is wrong, and what to do about it.
  public var description: String {
    switch self {
    case .noDaemon(let path):
      "no daemon answers at \(path); start one with \"sottod\", or \"systemctl --user start sottod\""
    case .foreignDaemon(let path, let user):
      "what listens at \(path) belongs to user \(user); expected your own daemon, or root's"
    case .notSotto(let path, let found):
      "what answers at \(path) is no sottod: found \(found)"
    case .protocolMismatch(let hello):
      "\(hello.program) \(hello.version) speaks protocol \(hello.protocol), this program \(Hello.currentProtocol); "
        + "use the sotto and sottod of one version"
    case .refused(let error): error.message
    case .timedOut(let path, let seconds): "no answer within \(seconds) s at \(path)"
    case .closed(let path): "the daemon at \(path) closed the connection"
    case .unexpected(let found): "the daemon's answer is not understood: \(found)"
    case .system(let path, let failure): "\(path): \(failure)"
    }
  }
}
