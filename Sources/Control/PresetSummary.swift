/// A preset as the list of presets shows it: an element of the result of `presets`.
public struct PresetSummary: Codable, Sendable, Equatable {
  /// The name by which it is used.
  public var name: String
  /// The name for people.
  public var title: String
  /// What it does, in a sentence.
  public var summary: String
  /// What finds the voice: `network`, `centre`, `passthrough`.
  public var method: String
  /// The file it was read from.
  public var path: String
  /// Whether it is the one that is heard.
  public var current: Bool

  /// Puts a summary together.
  public init(name: String, title: String, summary: String, method: String, path: String, current: Bool) {
    self.name = name
    self.title = title
    self.summary = summary
    self.method = method
    self.path = path
    self.current = current
  }
}
