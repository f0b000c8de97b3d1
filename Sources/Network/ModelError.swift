/// Why a weights file was refused.
///
/// The description names the file, the key or tensor, what was found there and what was expected.
public enum ModelError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no file of this name.
  case notFound(file: String)
  /// The system would not let it be read; `reason` is the system's word for it.
  case unreadable(file: String, reason: String)
  /// The system would not let it be written; `reason` is the system's word for it.
  case unwritable(file: String, reason: String)
  /// The file says something that cannot be used; `place` is a key such as `grid.hop`, a tensor's name, or empty.
  case refused(file: String, place: String, found: String, expected: String)

  /// The file that the error is about, as it was named by the caller.
  public var file: String {
    switch self {
    case .notFound(let file), .unreadable(let file, _), .unwritable(let file, _), .refused(let file, _, _, _): file
    }
  }

  /// One line for a person, for example `svsgan.safetensors: grid.hop: found 0, expected 1 to 512`.
  public var description: String {
    switch self {
    case .notFound(let file): "\(file): no such file"
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .unwritable(let file, let reason): "\(file): cannot be written: \(reason)"
    case .refused(let file, let place, let found, let expected):
      "\(file): \(place.isEmpty ? "" : place + ": ")found \(found), expected \(expected)"
    }
  }
}
