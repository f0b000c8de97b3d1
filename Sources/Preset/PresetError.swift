public import Network
internal import Text

/// Why a preset was refused.
///
/// The description names the file with the line, the key, what was found and what was expected.
public enum PresetError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No preset of that name is in the search path; `known` are those that are.
  case unknown(name: String, known: [String])
  /// There is no file of this name.
  case notFound(file: String)
  /// The system would not let the file be read; `reason` is the system's word for it.
  case unreadable(file: String, reason: String)
  /// The file says something that cannot be used; `key` is a key such as `late.then`, or empty.
  case refused(file: String, line: Int, key: String, found: String, expected: String)
  /// The weights or the dictionary that the preset names under `key` cannot be used.
  case model(file: String, line: Int, key: String, ModelError)
  /// Another preset that this one names under `key` cannot be used.
  indirect case beside(file: String, line: Int, key: String, PresetError)

  /// True where a file or preset is missing, false where one is there and wrong.
  public var isMissing: Bool {
    switch self {
    case .unknown, .notFound, .model(_, _, _, .notFound): true
    case .beside(_, _, _, let error): error.isMissing
    case .unreadable, .refused, .model: false
    }
  }

  /// One line for a person, for example
  /// `presets/svsgan.toml:14: late.then: found "mut", expected one of "hold", "dry", "mute"`.
  public var description: String {
    switch self {
    case .unknown(let name, let known):
      if known.isEmpty {
        "no preset \(quoted(name)): the search path holds no presets at all"
      } else if let nearest = nearest(to: name, in: known) {
        "no preset \(quoted(name)): did you mean \(quoted(nearest))? There are \(quotedList(known))"
      } else {
        "no preset \(quoted(name)): there are \(quotedList(known))"
      }
    case .notFound(let file): "\(file): no such file"
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .refused(let file, let line, let key, let found, let expected):
      "\(file):\(line): \(key.isEmpty ? "" : key + ": ")found \(found), expected \(expected)"
    case .model(let file, let line, let key, let error): "\(file):\(line): \(key): \(error)"
    case .beside(let file, let line, let key, let error): "\(file):\(line): \(key): \(error)"
    }
  }
}
