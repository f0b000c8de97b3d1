internal import Realtime

/// The median of the last values of every bin: what lasts.
struct MedianOverTime: ~Copyable, Sendable {
  private let bins: Int
  private let count: Int
  private var history: SampleBuffer
  private var ordered: SampleBuffer
  private var next = 0

  /// Medians of the last `count` frames, an odd number, of `bins` bins.
  ///
  /// - Real-time: Not real-time: allocates.
  init(bins: Int, count: Int) {
    self.bins = bins
    self.count = count
    history = SampleBuffer(count: count * bins)
    ordered = SampleBuffer(count: count * bins)
  }

  /// Takes the next frame and writes the medians up to it; before the stream began all was silent.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func step(_ values: UnsafePointer<Float>, into medians: UnsafeMutablePointer<Float>) {
    let oldest = unsafe history.base + next &* bins
    for bin in 0..<bins {
      let run = unsafe ordered.base + bin &* count
      unsafe OrderedRun.replace(oldest[bin], by: values[bin], in: run, count: count)
      unsafe oldest[bin] = values[bin]
      unsafe medians[bin] = run[count / 2]
    }
    next = next &+ 1 == count ? 0 : next &+ 1
  }

  /// Forgets every frame.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func reset() {
    history.clear()
    ordered.clear()
    next = 0
  }
}

/// The median of every bin and its neighbours: what is broad.
struct MedianOverFrequency: ~Copyable, Sendable {
  private let bins: Int
  private let count: Int
  private var ordered: SampleBuffer

  /// Medians of `count` bins, an odd number at most `bins`, of frames of `bins` bins.
  ///
  /// - Real-time: Not real-time: allocates.
  init(bins: Int, count: Int) {
    self.bins = bins
    self.count = count
    ordered = SampleBuffer(count: count)
  }

  /// Writes the medians of a frame, which goes on beyond its ends as its mirror image.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func step(_ values: UnsafePointer<Float>, into medians: UnsafeMutablePointer<Float>) {
    let reach = count / 2
    ordered.clear()
    for offset in 0..<count {
      unsafe OrderedRun.replace(0, by: values[mirrored(offset &- reach)], in: ordered.base, count: count)
    }
    unsafe medians[0] = ordered.base[reach]
    for bin in 1..<bins {
      let (leaving, entering) = unsafe (values[mirrored(bin &- 1 &- reach)], values[mirrored(bin &+ reach)])
      unsafe OrderedRun.replace(leaving, by: entering, in: ordered.base, count: count)
      unsafe medians[bin] = ordered.base[reach]
    }
  }

  @_noLocks
  private func mirrored(_ bin: Int) -> Int { bin < 0 ? -bin : bin < bins ? bin : 2 &* (bins &- 1) &- bin }
}
