/// The stems' gains.
public struct Gains: Codable, Sendable, Equatable {
  /// What a gain may be, in decibels; silence as well.
  public static let range: ClosedRange<Double> = -120...24

  /// Of the voice.
  public var voice: Decibels
  /// Of the accompaniment.
  public var accompaniment: Decibels

  /// Both stems as they come unless told otherwise.
  public init(voice: Decibels = 0.0, accompaniment: Decibels = 0.0) {
    self.voice = voice
    self.accompaniment = accompaniment
  }

  /// The gain of one stem.
  public subscript(stem: Stem) -> Decibels {
    get {
      switch stem {
      case .voice: voice
      case .accompaniment: accompaniment
      }
    }
    set {
      switch stem {
      case .voice: voice = newValue
      case .accompaniment: accompaniment = newValue
      }
    }
  }
}
