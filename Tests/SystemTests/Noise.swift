/// Deterministic noise between -0.5 and 0.5, one array a channel, each different.
func noise(channels: Int, frames: Int, seed: UInt32 = 1) -> [[Float]] {
  var state = seed
  return (0..<channels).map { _ in
    (0..<frames).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(Int32(bitPattern: state) >> 8) / Float(1 << 24)
    }
  }
}
