/// Seeded noise, the same everywhere.
struct Noise {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// Uniform between -0.4 and 0.4.
  mutating func samples(_ count: Int) -> [Float] {
    (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max) * 0.4
    }
  }
}
