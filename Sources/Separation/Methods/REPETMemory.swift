internal import CRealtime
internal import Realtime

/// What ``REPETEstimator`` remembers of one sound, and what it finds repeated in it.
struct REPETMemory: ~Copyable, Sendable {
  private let bins: Int
  private let capacity: Int
  private let similar: Int
  private let distance: Int
  private let threshold: Float
  /// Magnitudes, `capacity` frames, the newest over the oldest, and the sizes of these vectors.
  private var frames: SampleBuffer
  private let sizes: SampleBuffer
  private let similarities: SampleBuffer
  private let nothing: SampleBuffer
  private let values: SampleBuffer
  private let chosen: SampleBuffer
  private var newest = -1
  private var count = 0

  /// Room for frames of `bins` bins, `hop` seconds apart.
  ///
  /// - Real-time: Not real-time: allocates.
  init(settings: REPETSettings, bins: Int, hop: Double) {
    self.bins = bins
    capacity = max(1, Int((settings.memory / hop).rounded()))
    distance = max(1, Int((settings.distance / hop).rounded()))
    similar = min(settings.similar, (capacity + distance - 1) / distance)
    threshold = Float(settings.threshold)
    frames = SampleBuffer(count: capacity * bins)
    sizes = SampleBuffer(count: capacity)
    similarities = SampleBuffer(count: capacity)
    nothing = SampleBuffer(count: capacity)
    values = SampleBuffer(count: similar)
    chosen = SampleBuffer(count: similar)
  }

  /// Remembers the next frame of the sound that `source` makes mask `plane` from.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>, plane: Int, source: MaskSource) {
    newest = newest &+ 1 == capacity ? 0 : newest &+ 1
    count = min(count &+ 1, capacity)
    let frame = unsafe frames.base + newest &* bins
    unsafe source.magnitudes(plane, of: spectra, count: bins, factor: 1, into: frame)
    unsafe sizes.base[newest] = Float(rt_sqrt_double(rt_sum_of_squares(frame, bins)))
  }

  /// Writes the mask of the newest frame: what of each bin exceeds the median of the moments most similar to it.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func estimate(into mask: UnsafeMutablePointer<Float>) {
    guard newest >= 0 else { return unsafe rt_clear(mask, bins) }
    let found = choose()
    let frame = unsafe frames.base + newest &* bins
    for bin in 0..<bins {
      let whole = unsafe frame[bin]
      let repeated = median(of: bin, count: found)
      unsafe mask[bin] = whole > repeated ? 1 - repeated / whole : 0
    }
  }

  /// Forgets the stream.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func reset() {
    newest = -1
    count = 0
  }

  /// Chooses the moments most like the newest, which comes first, each at least `distance` frames from the others, and
  /// says how many there are.
  @_noLocks
  private mutating func choose() -> Int {
    // All of the memory, also while some of it is empty: a step costs what it will cost later, as it is measured first.
    unsafe rt_matrix_vector(
      frames.base, nothing.base, frames.base + newest &* bins, similarities.base, capacity, bins)
    let size = unsafe sizes.base[newest]
    for place in 0..<count {
      let product = unsafe sizes.base[place] * size
      unsafe similarities.base[place] = product > 0 ? similarities.base[place] / product : 0
    }
    var next = newest
    var found = 0
    while found < similar && next >= 0 {
      unsafe chosen.base[found] = Float(next)
      found &+= 1
      exclude(around: next)
      next = mostSimilar()
    }
    return found
  }

  /// The most similar place that is still in question, or -1.
  @_noLocks
  private func mostSimilar() -> Int {
    var best = -1
    var highest = threshold
    for place in 0..<count {
      if unsafe similarities.base[place] >= highest {
        unsafe highest = similarities.base[place]
        best = place
      }
    }
    return best
  }

  /// Takes all that is nearer to `place` in time than the distance out of the question.
  @_noLocks
  private mutating func exclude(around place: Int) {
    let age = place <= newest ? newest &- place : newest &- place &+ capacity
    for other in max(0, age &- distance &+ 1)..<min(count, age &+ distance) {
      let index = newest &- other
      unsafe similarities.base[index < 0 ? index &+ capacity : index] = -2
    }
  }

  /// The median of one bin over the chosen moments; of an even number, the mean of the middle two.
  @_noLocks
  private mutating func median(of bin: Int, count: Int) -> Float {
    for index in 0..<count {
      let value = unsafe frames.base[Int(chosen.base[index]) &* bins &+ bin]
      var place = index
      while unsafe place > 0 && values.base[place &- 1] > value {
        unsafe values.base[place] = values.base[place &- 1]
        place &-= 1
      }
      unsafe values.base[place] = value
    }
    return unsafe (values.base[(count &- 1) / 2] + values.base[count / 2]) / 2
  }
}
