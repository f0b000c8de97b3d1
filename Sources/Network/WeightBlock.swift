internal import CRealtime

/// Numbers that never change once a model is loaded, shared by all that run it; from a multiple of 64 bytes on.
///
/// Whoever holds a pointer into it keeps the ``Model`` alive, which holds the block.
@safe
final class WeightBlock: @unchecked Sendable {
  let bytes: Int
  /// Zeros until somebody fills them, before the block is shared.
  let memory: UnsafeMutableRawPointer

  /// Room for `bytes` bytes.
  init(bytes: Int) {
    self.bytes = bytes
    guard let memory = unsafe rt_allocate_weights(max(bytes, 1)) else {
      preconditionFailure("no memory for \(bytes) bytes of weights")
    }
    unsafe self.memory = memory
  }

  deinit { unsafe rt_free_weights(memory) }

  /// Floats.
  convenience init(_ numbers: [Float]) {
    self.init(bytes: 4 * numbers.count)
    for (index, number) in numbers.enumerated() { unsafe floats[index] = number }
  }

  /// What the halves of `block` are as floats.
  convenience init(widening block: WeightBlock) {
    self.init(bytes: 2 * block.bytes)
    unsafe rt_widen_half(block.memory.assumingMemoryBound(to: UInt16.self), floats, block.bytes / 2)
  }

  /// Indices into a tensor.
  convenience init(indices: [Int32]) {
    self.init(bytes: 4 * indices.count)
    let place = unsafe memory.bindMemory(to: Int32.self, capacity: indices.count)
    for (index, number) in indices.enumerated() { unsafe place[index] = number }
  }

  /// The block as floats.
  var floats: UnsafeMutablePointer<Float> { unsafe memory.assumingMemoryBound(to: Float.self) }

  /// The floats in it.
  var numbers: [Float] { (0..<bytes / 4).map { unsafe floats[$0] } }
}
