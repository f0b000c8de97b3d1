internal import Spectral

/// The true sources of a mixture, prepared to measure any number of estimates of them with BSS-Eval.
///
/// What is costly depends on the references only: their correlations and the factors of these. Made once, they serve the
/// mixture's own figures and every system's. Memory is that of the samples and, for R references of C channels, of
/// `(R² + R) (C · taps)²` numbers.
public struct References: Sendable {
  /// The true sources, each as an array of channels of samples.
  public let sources: [[[Float]]]
  /// The length of the longest filter that the sources version forgives, in samples.
  public let taps: Int
  let joint: Projection
  let alone: [Projection]

  /// The channels of each source.
  public var channels: Int { sources[0].count }
  /// The length of each source in samples.
  public var frames: Int { sources[0][0].count }
  /// All channels of all sources, source after source.
  var rows: [[Float]] { sources.flatMap { $0 } }

  /// Prepares references of the same channels and length.
  ///
  /// - Parameters:
  ///   - sources: Each as channels by samples.
  ///   - taps: The filters' length; 512 in all versions of BSS-Eval.
  /// - Throws: ``EvaluationError`` for shapes that differ, samples that are not finite, and a silent source.
  /// - Complexity: O(n log taps + (R · C · taps)³)
  /// - Real-time: Not real-time: allocates.
  public init(_ sources: [[[Float]]], taps: Int = 512) throws(EvaluationError) {
    guard let first = sources.first, let frames = first.first?.count, frames > 0, taps > 0 else {
      throw .shape(found: "nothing", expected: "at least one source of at least one sample")
    }
    for (index, source) in sources.enumerated() {
      try validate(source, name: "reference \(index)", channels: first.count, frames: frames)
      // Silent as museval has it, which adds the channels up.
      guard !isSilent(source, in: 0..<frames) else { throw .silent(reference: index) }
    }
    self.sources = sources
    self.taps = taps
    let rows = sources.flatMap { $0 }
    let correlations = Correlations(of: rows, with: rows, taps: taps)
    // A channel without a sample takes no part: its filters would be anything.
    let sounding = rows.indices.filter { correlations[$0, $0, 0] > 0 }
    func projection(_ wanted: Range<Int>, of source: Int) throws(EvaluationError) -> Projection {
      let rows = sounding.filter(wanted.contains)
      guard let projection = Projection(onto: rows, among: correlations, taps: taps) else {
        throw .silent(reference: source)
      }
      return projection
    }
    joint = try projection(0..<rows.count, of: 0)
    var alone: [Projection] = []
    for source in sources.indices {
      alone.append(try projection(source * first.count..<(source + 1) * first.count, of: source))
    }
    self.alone = alone
  }

  /// Refuses an estimate that does not fit these references.
  ///
  /// - Throws: ``EvaluationError`` for another shape and samples that are not finite.
  public func check(_ estimate: [[Float]], name: String) throws(EvaluationError) {
    try validate(estimate, name: name, channels: channels, frames: frames)
  }
}

/// Refuses a signal of another shape than `channels` by `frames`, or with samples that are not finite.
private func validate(_ signal: [[Float]], name: String, channels: Int, frames: Int) throws(EvaluationError) {
  guard signal.count == channels, signal.allSatisfy({ $0.count == frames }) else {
    throw .shape(
      found: "\(name) of \(signal.count) channels and \(signal.first?.count ?? 0) samples",
      expected: "\(channels) channels and \(frames) samples")
  }
  for channel in signal {
    if let frame = channel.firstIndex(where: { !$0.isFinite }) { throw .notFinite(signal: name, frame: frame) }
  }
}

/// Whether the sum of the channels is zero throughout, which is what museval takes for silence.
func isSilent(_ signal: [[Float]], in range: Range<Int>) -> Bool {
  guard signal.count > 1 else { return signal.allSatisfy { $0[range].allSatisfy { $0 == 0 } } }
  return range.allSatisfy { frame in signal.reduce(0.0) { $0 + Double($1[frame]) } == 0 }
}
