/// Why the client could not join a JACK server.
public enum AudioError: Error, Sendable, Equatable {
  /// No server of that name runs.
  case noServer(String?)
  /// The server refused the client, for a reason of its own.
  case refused(name: String, status: UInt32)
  /// The server gave no port of that name.
  case portRefused(String)
  /// The client could not be made part of the graph.
  case notActivated
  /// A pattern of `--connect-in` or `--connect-out` is not a regular expression.
  case badPattern(String)
}

extension AudioError: CustomStringConvertible {
  /// What happened, and what can be done.
  public var description: String {
    switch self {
    case .noServer(let server):
      "no JACK server\(server.map { " named \($0)" } ?? "") runs: start one, for example with jackd -d dummy"
    case .refused(let name, let status):
      "JACK refused the client \(name) (status 0x\(String(status, radix: 16)))"
    case .portRefused(let port):
      "JACK refused the port \(port)"
    case .notActivated:
      "JACK did not activate the client"
    case .badPattern(let pattern):
      "\(pattern) is not a regular expression"
    }
  }
}
