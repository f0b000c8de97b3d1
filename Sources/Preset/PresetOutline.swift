public import Network

/// What a preset is, without its weights: for a list.
public struct PresetOutline: Sendable {
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
  /// What finds the voice.
  public let method: PresetMethod
  /// What its weights file says, for a network.
  public let model: ModelDescription?

  /// Reads and checks the preset file at `path` and the description in the weights that it names, but no weights.
  ///
  /// - Throws: ``PresetError`` as ``Preset/init(path:)``, save for weights that are not finite.
  /// - Real-time: Not real-time: reads files, allocates.
  public init(path: String) throws(PresetError) {
    let document = try PresetDocument(path: path)
    name = document.name
    title = document.title
    summary = document.summary
    self.path = path
    fallback = document.fallback
    method = document.method
    model = try document.source.describe(for: document)
    try document.files.describe(for: document)
  }
}
