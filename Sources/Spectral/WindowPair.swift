/// Which two windows frame the sound on its way into the spectrum and back out.
public enum WindowPair: String, Sendable, CaseIterable {
  /// Square root of a Hann window on both sides: the usual choice, delay of a whole window.
  case squareRootHann = "square-root-hann"
  /// A periodic Hann window on both sides, as `torch.stft` and `torch.istft` have it: for networks trained on that.
  case hann
  /// A long analysis window whose tail matches a synthesis window of two hops: the frequency resolution of the long
  /// window at the delay of the short one (Mauler and Martin, EUSIPCO 2007).
  case lowDelay = "low-delay"
  /// The same with the square of that analysis window, each side half of a Hann window: wider, with lower side lobes.
  case lowDelayHann = "low-delay-hann"
}
