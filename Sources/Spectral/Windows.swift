internal import Glibc

/// The two windows of a grid, and the factors that make their overlap-add exact.
public struct Windows: Sendable {
  /// The analysis window, N values.
  public let analysis: [Float]
  /// The synthesis window, as long as the grid's synthesis support.
  public let synthesis: [Float]
  /// One divided by the sum of the overlapping window products, for each sample of the grid's pattern.
  ///
  /// Constant for a window pair that adds up by itself; with hops that alternate it takes out the ripple.
  public let gains: [Float]

  /// The sum of the analysis window, by which magnitudes are normalised: a full-scale sine reads 1/2 at every size.
  public var sum: Float { Float(analysis.reduce(0) { $0 + Double($1) }) }

  /// Computes the windows of `grid`.
  ///
  /// - Real-time: Not real-time: allocates.
  public init(grid: Grid) {
    let (analysis, synthesis) =
      switch grid.pair {
      case .squareRootHann: Self.squareRootHann(grid.window)
      case .hann: Self.hann(grid.window)
      case .lowDelay, .lowDelayHann:
        Self.lowDelay(
          window: grid.window, hop: grid.synthesisSupport / 2, squared: grid.pair == .lowDelayHann)
      }
    self.analysis = analysis.map(Float.init)
    self.synthesis = synthesis.map(Float.init)
    gains = Self.gains(grid: grid, analysis: analysis, synthesis: synthesis)
  }

  /// sin(πn/N), which is the square root of the periodic Hann window, on both sides.
  private static func squareRootHann(_ window: Int) -> ([Double], [Double]) {
    let half = (0..<window).map { sin(Double.pi * Double($0) / Double(window)) }
    return (half, half)
  }

  /// sin²(πn/N), the periodic Hann window, on both sides; the squares do not add up to a constant at a hop of N/2, and
  /// need not, since their sum is divided by.
  private static func hann(_ window: Int) -> ([Double], [Double]) {
    let (half, _) = squareRootHann(window)
    let whole = half.map { $0 * $0 }
    return (whole, whole)
  }

  /// Mauler and Martin's pair: the analysis window rises over N − H samples and falls over H; the synthesis window
  /// spans the last 2H, and the product of the two there is a Hann window, which adds up to one at hop H.
  ///
  /// The analysis window may be squared.
  private static func lowDelay(window: Int, hop: Int, squared: Bool) -> ([Double], [Double]) {
    let rise = window - hop
    let analysis = (0..<window).map { n in
      let sine =
        n < rise ? sin(Double.pi * Double(n) / Double(2 * rise)) : cos(Double.pi * Double(n - rise) / Double(2 * hop))
      return squared ? sine * sine : sine
    }
    let synthesis = (0..<2 * hop).map { m in
      let hann = sin(Double.pi * Double(m) / Double(2 * hop))
      return m == 0 ? 0 : hann * hann / analysis[window - 2 * hop + m]
    }
    return (analysis, synthesis)
  }

  private static func gains(grid: Grid, analysis: [Double], synthesis: [Double]) -> [Float] {
    let support = synthesis.count
    let product = (0..<support).map { analysis[grid.window - support + $0] * synthesis[$0] }
    var sums = [Double](repeating: 0, count: grid.patternSamples)
    for frame in 0..<grid.patternFrames {
      let start = grid.end(of: frame) - support
      for (offset, value) in product.enumerated() {
        let phase = (start + offset) % grid.patternSamples
        sums[phase < 0 ? phase + grid.patternSamples : phase] += value
      }
    }
    return sums.map { Float(1 / $0) }
  }
}
