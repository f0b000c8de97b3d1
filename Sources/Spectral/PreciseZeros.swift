/// Memory for `count` doubles, zero at first and aligned for the vector code of FFTW; freed as raw memory.
///
/// - Real-time: Not real-time: allocates.
func preciseZeros(_ count: Int) -> UnsafeMutablePointer<Double> {
  let bytes = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Double>.stride, alignment: 64)
  let base = unsafe bytes.bindMemory(to: Double.self, capacity: count)
  unsafe base.initialize(repeating: 0, count: count)
  return unsafe base
}
