/// Why a ``Rehearsal`` could not take place.
public enum RehearsalError: Error, Hashable, CustomStringConvertible {
  /// No JACK server of this name runs, or it is not this user's.
  case noServer(name: String?)
  /// The server granted no more ports or clients.
  case refused(what: String)
  /// No such port, or one of the wrong direction.
  case noConnection(from: String, to: String)
  /// The server went away while it played.
  case serverStopped
  /// The server is there but called nothing back for this many seconds.
  case silent(seconds: Int)

  /// The reason, as one line without a full stop.
  public var description: String {
    switch self {
    case .noServer(let name): "no JACK server\(name.map { " '\($0)'" } ?? "") to connect to"
    case .refused(let what): "the JACK server refused \(what)"
    case .noConnection(let from, let to): "cannot connect '\(from)' to '\(to)': is there such a port?"
    case .serverStopped: "the JACK server stopped during the rehearsal"
    case .silent(let seconds): "the JACK server asked for no sound for \(seconds) s"
    }
  }
}
