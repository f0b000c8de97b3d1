internal import Spectral

/// An estimate of one source, split by its projections into the parts whose energies BSS-Eval compares.
struct ProjectionPass: ~Copyable {
  private let references: References
  private let estimate: [[Float]]
  private let source: Int
  private var transform: PreciseTransform
  private var alone: FilterBank
  private var joint: FilterBank

  /// Finds the filters of the whole estimate.
  init(_ references: References, estimate: [[Float]], of source: Int) {
    let taps = references.taps
    let correlations = Correlations(of: references.rows, with: estimate, taps: taps)
    transform = FilterBank.transform(taps: taps)
    func bank(_ projection: Projection, _ transform: inout PreciseTransform) -> FilterBank {
      FilterBank(
        estimate.indices.map { projection.filters(correlations, channel: $0) }, taps: taps, with: &transform)
    }
    alone = bank(references.alone[source], &transform)
    joint = bank(references.joint, &transform)
    self.references = references
    self.estimate = estimate
    self.source = source
  }

  /// The energies over a stretch of the track, as if there were nothing outside it, and over what the filters add to
  /// its end.
  mutating func energies(in range: Range<Int>) -> Energies {
    var energies = Energies()
    alone.begin()
    joint.begin()
    let (reach, rows) = (references.taps - 1, references.rows)
    let (mine, all) = (references.alone[source].rows, references.joint.rows)
    let block = FilterBank.block(taps: references.taps)
    for start in stride(from: range.lowerBound, to: range.upperBound, by: block) {
      let end = min(start + block, range.upperBound)
      var spectra = [[Double]](repeating: [], count: rows.count)
      for row in all { spectra[row] = transform.spectrum(of: rows[row][start..<end]) }
      let one = alone.next(mine.map { spectra[$0] }, count: end - start, with: &transform)
      let both = joint.next(all.map { spectra[$0] }, count: end - start, with: &transform)
      for channel in estimate.indices {
        let (truth, estimate) = (references.sources[source][channel], estimate[channel])
        let (one, both) = (one[channel], both[channel])
        for index in 0..<end - start {
          energies.add(
            source: Double(truth[start + index]), estimate: Double(estimate[start + index]), alone: one[index],
            joint: both[index])
        }
        guard end == range.upperBound else { continue }
        for index in end - start..<end - start + reach {
          energies.add(source: 0, estimate: 0, alone: one[index], joint: both[index])
        }
      }
    }
    return energies
  }
}
