internal import CRealtime

extension Model {
  /// Reads every weight once, in the order in which the layers do: as fast as a step could be at best.
  ///
  /// - Returns: A number that depends on all of them, for whoever measures how long this takes.
  /// - Real-time: Not real-time: counts references.
  public func readThrough() -> UInt64 {
    var sum: UInt64 = 0
    for block in weights.joined() {
      let words = unsafe UnsafeRawPointer(block.memory).assumingMemoryBound(to: UInt64.self)
      unsafe sum &+= rt_sum_of_words(words, block.bytes / 8)
    }
    return sum
  }
}
