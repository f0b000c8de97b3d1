/// Why signals cannot be measured, in words that a caller can put a name in front of.
public enum EvaluationError: Error, Hashable, CustomStringConvertible {
  /// Signals that belong together have different shapes.
  case shape(found: String, expected: String)
  /// A reference without any sound, for which no ratio is defined.
  case silent(reference: Int)
  /// A sample that is NaN or infinite.
  case notFinite(signal: String, frame: Int)

  /// What is wrong, as one line without a full stop.
  public var description: String {
    switch self {
    case .shape(let found, let expected): "found \(found), expected \(expected)"
    case .silent(let reference): "reference \(reference) is silent: no ratio is defined for it"
    case .notFinite(let signal, let frame): "\(signal) is not finite at frame \(frame)"
    }
  }
}
