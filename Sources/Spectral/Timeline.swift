internal import CRealtime
internal import Realtime

/// Samples of some channels under their index in the stream, as far back as the capacity reaches.
///
/// Nothing is prefilled and nothing drained: what was never written reads as zero, and what comes late is simply
/// missed. Positions are absolute, so a reader cannot drift against a writer.
public struct Timeline: ~Copyable, Sendable {
  private var samples: SampleBuffer
  private let mask: Int
  /// The number of channels.
  public let channels: Int

  /// Room for the last `reach` samples of each channel.
  ///
  /// - Real-time: Not real-time: allocates.
  public init(channels: Int, reach: Int) {
    var capacity = 1
    while capacity < reach { capacity *= 2 }
    mask = capacity - 1
    self.channels = channels
    samples = SampleBuffer(count: channels * capacity)
  }

  /// Puts `count` samples of one channel at `position`.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  public mutating func write(_ source: UnsafePointer<Float>, count: Int, channel: Int, at position: Int) {
    let start = position & mask
    let first = min(count, mask &+ 1 &- start)
    let base = unsafe samples.base + channel &* (mask &+ 1)
    unsafe rt_copy(source, base + start, first)
    if first < count { unsafe rt_copy(source + first, base, count &- first) }
  }

  /// Copies `count` samples of one channel from `position`; what lies before the stream began reads as zero.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  public func read(_ target: UnsafeMutablePointer<Float>, count: Int, channel: Int, at position: Int) {
    let start = position & mask
    let first = min(count, mask &+ 1 &- start)
    let base = unsafe samples.base + channel &* (mask &+ 1)
    unsafe rt_copy(base + start, target, first)
    if first < count { unsafe rt_copy(base, target + first, count &- first) }
  }

  /// Adds `count` samples to one channel at `position`.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  public mutating func add(_ source: UnsafePointer<Float>, count: Int, channel: Int, at position: Int) {
    let base = unsafe samples.base + channel &* (mask &+ 1)
    let start = position & mask
    let first = min(count, mask &+ 1 &- start)
    for i in 0..<first { unsafe base[start &+ i] += source[i] }
    for i in first..<count { unsafe base[i &- first] += source[i] }
  }

  /// Copies `count` samples of one channel from `position` and leaves zeros, ready for sound to be added there again.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  public mutating func take(_ target: UnsafeMutablePointer<Float>, count: Int, channel: Int, at position: Int) {
    unsafe read(target, count: count, channel: channel, at: position)
    let base = unsafe samples.base + channel &* (mask &+ 1)
    let start = position & mask
    let first = min(count, mask &+ 1 &- start)
    unsafe rt_clear(base + start, first)
    if first < count { unsafe rt_clear(base, count &- first) }
  }

  /// Forgets everything.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public mutating func clear() { samples.clear() }
}
