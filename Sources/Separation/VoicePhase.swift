/// What is heard of an estimator that gives the voice's spectrum.
public enum VoicePhase: String, Sendable, CaseIterable {
  /// The spectrum itself, with phases of its own.
  case own
  /// The mixture with its phases, bin by bin times the voice's share `|V| / (|V| + |X - V|)` of it: a mask, to which
  /// everything can happen that happens to masks (Liutkus and Badeau 2015, generalised Wiener filter with α = 1).
  case mixture
}
