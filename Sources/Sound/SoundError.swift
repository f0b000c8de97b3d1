/// Why a sound file could not be read or written, in words for the person who named it.
public enum SoundError: Error, Hashable, CustomStringConvertible {
  /// The file at `path` is missing, not permitted, not a sound or damaged.
  case unreadable(path: String, reason: String)
  /// The file is good for `position` frames of the `frames` that its header tells of, and then breaks off.
  case damaged(path: String, position: Int, frames: Int, reason: String)
  /// The file at `path` could not be made, filled or put in its place.
  case unwritable(path: String, reason: String)

  /// The file and the reason, as one line without a full stop.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read '\(path)': \(reason)"
    case .damaged(let path, let position, let frames, let reason):
      "cannot read '\(path)' beyond frame \(position) of \(frames): \(reason)"
    case .unwritable(let path, let reason): "cannot write '\(path)': \(reason)"
    }
  }
}
