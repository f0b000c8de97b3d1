/// Where a JSON text is broken, and how.
public struct JSONError: Error, Sendable, Equatable {
  /// The byte at which reading stopped, counted from 0.
  public let position: Int
  /// What stands there.
  public let found: String
  /// What should stand there.
  public let expected: String
  /// Both in a phrase, for example `a name in double quotes is missing`.
  public let reason: String
}
