import CRealtime
import Testing

/// All kernels are tested one after another: what the processor may use is one setting of the process.
@Suite("Kernels", .serialized)
enum Kernels {
  /// Does something with each set of instructions that this processor has.
  static func withEveryInstructionSet(_ body: (rt_instructions) throws -> Void) rethrows {
    defer { rt_limit_instructions(RT_AVX512_VNNI) }
    for limit in [RT_PORTABLE, RT_AVX2, RT_AVX2_VNNI, RT_AVX512, RT_AVX512_VNNI] {
      rt_limit_instructions(limit)
      if rt_used_instructions() == limit { try body(limit) }
    }
  }
}

/// Numbers that are the same in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in Float.random(in: range, using: &self) }
  }
}
