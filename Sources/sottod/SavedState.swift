internal import Foundation

/// What a daemon remembers from one run to the next: preset, gains and bypass, in `$XDG_STATE_HOME/sotto/NAME.json`.
struct SavedState: Codable, Equatable {
  var preset: String
  /// Linear gains.
  var voiceGain: Float
  var accompanimentGain: Float
  var bypass: Bool

  /// Where the state of a daemon of this name lies; `nil` when there is no home to keep it in.
  static func url(name: String, environment: [String: String]) -> URL? {
    if let folder = environment["XDG_STATE_HOME"], folder.hasPrefix("/") {
      return URL(fileURLWithPath: "\(folder)/sotto/\(name).json")
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return URL(fileURLWithPath: "\(home)/.local/state/sotto/\(name).json")
  }

  /// The state that was saved, or `nil`: a state that cannot be read is no reason not to start.
  static func load(from url: URL?) -> SavedState? {
    guard let url, let data = try? Data(contentsOf: url) else { return nil }
    return try? JSONDecoder().decode(SavedState.self, from: data)
  }

  /// Saves by a temporary file and a rename, so that a crash leaves the old state whole.
  func save(to url: URL) throws {
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try JSONEncoder().encode(self).write(to: url, options: .atomic)
  }
}
