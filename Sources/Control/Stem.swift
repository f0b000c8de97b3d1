/// One of the two sounds that come out.
public enum Stem: String, Codable, Sendable, CaseIterable {
  /// The singer.
  case voice
  /// Everything else.
  case accompaniment
}
