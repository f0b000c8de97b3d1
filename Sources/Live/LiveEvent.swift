public import Separation

/// Something that happened on the live path and that an operator wants to know.
public struct LiveEvent: Sendable, Equatable {
  /// What happened.
  public enum Kind: Sendable, Equatable {
    /// Another preset has taken over.
    case switched
    /// A preset could not be used; the one before goes on.
    case refused
    /// Too many frames were late for too long, and the preset's fallback was asked for.
    case fellBack
    /// The callback was too short for the preset's steps, and a thread for them was asked for.
    case leftCallback
    /// The machine is quiet again, and the preset that had to give way was asked for.
    case returned
    /// The live path was rebuilt for another period.
    case periodChanged
  }

  /// What happened.
  public var kind: Kind
  /// The preset that it is about.
  public var preset: String
  /// The preset that was heard before, where it was left for lateness or is left now for the wanted one.
  public var from: String?
  /// The latency of the preset that has taken over.
  public var latency: Latency?
  /// What happened, as an operator reads it.
  public var message: String
}
