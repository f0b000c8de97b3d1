internal import Spectral

/// What BSS-Eval says of one estimate.
public struct SourceFigures: Sendable, Equatable {
  /// Version 3, sources: all filtering of the source is forgiven.
  public var sources: Ratios
  /// Version 3, images: no filtering is forgiven.
  ///
  /// Its SDR is the plain ratio of source to error, known as uSDR.
  public var images: Ratios
  /// Version 4: images with filters of the whole track, a window each; `nil` where a source or an estimate is silent.
  public var windows: [Ratios?]

  /// Version 4's figure for the track: the medians over the windows that have one.
  public var medians: Ratios? {
    let known = windows.compactMap { $0 }
    guard let sdr = median(known.map(\.sdr)), let sir = median(known.map(\.sir)), let sar = median(known.map(\.sar))
    else { return nil }
    return Ratios(sdr: sdr, isr: median(known.compactMap(\.isr)), sir: sir, sar: sar)
  }
}

extension References {
  /// Measures estimates of all sources, in the order of the references (no permutation).
  ///
  /// Equal to `mir_eval.separation.bss_eval_sources` and `bss_eval_images` without permutation, and to
  /// `museval.metrics.bss_eval` with the same window and hop. A silent estimate, which they refuse, counts as
  /// ``Ratios/silence``, and version 4 has no windows then.
  ///
  /// - Parameters:
  ///   - estimates: One for each reference, as channels by samples.
  ///   - window: The length of version 4's windows in samples, which is also their hop; the rate for 1 s.
  /// - Throws: ``EvaluationError`` for another shape and samples that are not finite.
  /// - Complexity: O(n log taps + (R · C · taps)²)
  /// - Real-time: Not real-time: allocates.
  public func measure(_ estimates: [[[Float]]], window: Int) throws(EvaluationError) -> [SourceFigures] {
    guard estimates.count == sources.count else {
      throw .shape(found: "\(estimates.count) estimates", expected: "\(sources.count), one a source")
    }
    for (index, estimate) in estimates.enumerated() { try check(estimate, name: "estimate \(index)") }
    let windows = windows(of: window)
    let isHeard = windows.map { range in !(sources + estimates).contains { isSilent($0, in: range) } }
    return estimates.indices.map { index in
      let estimate = estimates[index]
      guard !estimate.allSatisfy({ $0.allSatisfy { $0 == 0 } }) else {
        let silence = Ratios.silence
        return SourceFigures(
          sources: Ratios(sdr: silence, sir: silence, sar: silence),
          images: Ratios(sdr: 0, isr: 0, sir: silence, sar: silence), windows: windows.map { _ in nil })
      }
      var pass = ProjectionPass(self, estimate: estimate, of: index)
      let whole = pass.energies(in: 0..<frames)
      return SourceFigures(
        sources: whole.sources, images: whole.images,
        windows: zip(windows, isHeard).map { range, isHeard in isHeard ? pass.energies(in: range).images : nil })
    }
  }

  /// The SDR of version 3, sources, of one signal as an estimate of each source alone: the mixture's own figures, which
  /// NSDR is relative to.
  ///
  /// - Throws: ``EvaluationError`` for another shape and samples that are not finite.
  /// - Real-time: Not real-time: allocates.
  public func sdr(of mixture: [[Float]]) throws(EvaluationError) -> [Double] {
    try check(mixture, name: "the mixture")
    return sources.indices.map { index in
      var pass = ProjectionPass(self, estimate: mixture, of: index)
      return pass.energies(in: 0..<frames).sources.sdr
    }
  }

  /// Version 4's windows: as many as fit, and the whole track when it is not longer than one.
  private func windows(of length: Int) -> [Range<Int>] {
    guard length > 0, length < frames else { return [0..<frames] }
    return (0..<frames / length).map { $0 * length..<($0 + 1) * length }
  }
}
