internal import CRealtime

/// A fixed run of 32-bit floats that owns its memory: samples, bins or weights.
///
/// Use it where the real-time side needs storage that never grows. Not for data that is only handled before the sound
/// starts: an array is simpler there.
@safe
public struct SampleBuffer: ~Copyable, @unchecked Sendable {
  /// The number of floats held.
  public let count: Int
  /// The first float; valid as long as the buffer lives, aligned to 64 bytes for the vector kernels.
  public let base: UnsafeMutablePointer<Float>

  /// Allocates `count` zeros.
  ///
  /// - Real-time: Not real-time: allocates.
  public init(count: Int) {
    precondition(count >= 0, "a buffer of \(count) samples")
    self.count = count
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
    unsafe base = bytes.bindMemory(to: Float.self, capacity: max(count, 1))
    unsafe base.initialize(repeating: 0, count: count)
  }

  /// Allocates a copy of `values`.
  ///
  /// - Real-time: Not real-time: allocates.
  public init(_ values: [Float]) {
    self.init(count: values.count)
    for (index, value) in values.enumerated() { unsafe base[index] = value }
  }

  deinit { unsafe UnsafeMutableRawPointer(base).deallocate() }

  /// The float at `index`, bounds-checked.
  ///
  /// - Real-time: Wait-free.
  public subscript(index: Int) -> Float {
    @_noLocks get {
      precondition(index >= 0 && index < count)
      return unsafe base[index]
    }
    @_noLocks set {
      precondition(index >= 0 && index < count)
      unsafe base[index] = newValue
    }
  }

  /// Sets every float to zero.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func clear() {
    unsafe rt_clear(base, count)
  }
}
