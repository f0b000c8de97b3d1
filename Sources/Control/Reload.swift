/// What came of reading the presets again: the result of `reload`.
public struct Reload: Codable, Sendable, Equatable {
  /// A preset file that could not be read; the preset stays as it was.
  public struct Broken: Codable, Sendable, Equatable {
    /// The file.
    public var path: String
    /// What is wrong with it.
    public var message: String

    /// Names a file and its fault.
    public init(path: String, message: String) {
      self.path = path
      self.message = message
    }
  }

  /// The names of all presets that can be used.
  public var presets: [String]
  /// The files that could not be read.
  public var broken: [Broken]

  /// Puts the two lists together.
  public init(presets: [String], broken: [Broken] = []) {
    self.presets = presets
    self.broken = broken
  }
}
