internal import Network
public import Separation

/// A way to separate, as a preset file describes it, checked and loaded.
public struct Preset: Sendable {
  /// The file's name without `.toml`.
  public let name: String
  /// Name for people, one line.
  public let title: String
  /// What it is, in a sentence.
  public let summary: String
  /// The file it came from, as the caller named it.
  public let path: String
  /// The preset to change to when this one's masks keep coming late.
  public let fallback: String?
  /// What to build a separator from.
  public let settings: SeparatorSettings

  /// Reads and checks the preset file at `path` and the weights that it names.
  ///
  /// - Throws: ``PresetError`` naming file, line, key, what was found and what was expected.
  /// - Real-time: Not real-time: reads files, allocates.
  public init(path: String) throws(PresetError) {
    let document = try PresetDocument(path: path)
    let method: Method
    switch document.method {
    case .passthrough: method = .passthrough
    case .centre: method = .centre(document.centre)
    case .network:
      let model: Model
      do {
        model = try Model.load(path: document.weights)
      } catch {
        throw .model(file: path, line: document.weightsLine, error)
      }
      try document.check(against: model.description)
      method = .network(model)
    }
    name = document.name
    title = document.title
    summary = document.summary
    self.path = path
    fallback = document.fallback
    settings = SeparatorSettings(
      method: method, framing: document.framing, channels: document.channels, cadence: document.cadence,
      aboveBand: document.aboveBand, late: document.late)
  }
}
