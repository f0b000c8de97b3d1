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
  /// Where its estimator would rather run.
  public let drive: PresetDrive
  /// What to build a separator from.
  public let settings: SeparatorSettings
  /// The ways in which it hears a recording in a file, of whose voices the mean is taken; live it hears the one that is
  /// ``settings``.
  public let passes: [OfflinePass]

  /// Whether it hears a recording in a file as it would live, so that nothing of it need be kept.
  public var hearsAsLive: Bool {
    passes.count == 1 && !passes[0].isBackwards && passes[0].speed == 1 && passes[0].settings.arrangement == .live
  }

  /// Reads and checks the preset file at `path` and the weights that it names.
  ///
  /// - Parameter use: What it is for; either way all that it names is checked.
  /// - Throws: ``PresetError`` naming file, line, key, what was found and what was expected.
  /// - Real-time: Not real-time: reads files, allocates.
  public init(path: String, for use: PresetUse = .files) throws(PresetError) {
    let document = try PresetDocument(path: path)
    name = document.name
    title = document.title
    summary = document.summary
    self.path = path
    fallback = document.fallback
    drive = document.drive
    settings = try document.settings()
    switch use {
    case .files: passes = try document.files.passes(settings, for: document)
    case .live:
      try document.files.describe(for: document)
      passes = [OfflinePass(preset: name, settings: settings)]
    }
  }
}
