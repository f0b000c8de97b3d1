/// What finds the voice, by the word for it in a preset file.
public enum PresetMethod: String, Sendable, Encodable, CaseIterable {
  /// A trained network; its weights file stands under `network.model`.
  case network
  /// What stands in the middle of the stereo image.
  case centre
  /// Everything is voice.
  case passthrough
}
