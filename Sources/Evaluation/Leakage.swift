private import Glibc

/// What a stem holds where its source is silent.
///
/// Blocks of 10 ms whose reference lies below -60 dBFS (RMS over all channels) and that have at least 0.49 s of such
/// blocks beside them make the stretches that count: pauses, not the gaps between syllables. The level is that of the
/// stem's energy in all of them over the mixture's, as one ratio.
public struct Leakage: Sendable, Equatable {
  /// The reference counts as silent below this many dBFS.
  public static let floor = -60.0
  /// The shortest stretch that counts, in seconds.
  public static let shortest = 0.5

  /// The energy of the stem in those stretches.
  public var stem = 0.0
  /// The energy of the mixture in them.
  public var mixture = 0.0
  /// How long they are together.
  public var seconds = 0.0

  /// The level in dB relative to the mixture; `nil` where there is no such stretch, or nothing in it to leak.
  ///
  /// A stem that is silent there has ``Ratios/silence``.
  public var level: Double? { mixture > 0 ? max(decibels(stem, over: mixture), Ratios.silence) : nil }

  /// No stretch.
  public init() {}

  /// Measures a stem; all signals are channels by samples and have the same shape.
  public init(of stem: [[Float]], reference: [[Float]], mixture: [[Float]], rate: Int) {
    let block = max(rate / 100, 1)
    let blocks = (reference.first?.count ?? 0) / block
    let needed = Int((Self.shortest * 100).rounded())
    let bound = Self.power(decibels: Self.floor) * Double(block * reference.count)
    var start = 0
    while start < blocks {
      var end = start
      while end < blocks, energy(of: reference, in: end * block..<(end + 1) * block) < bound { end += 1 }
      if end - start >= needed {
        let range = start * block..<end * block
        self.stem += energy(of: stem, in: range)
        self.mixture += energy(of: mixture, in: range)
        seconds += Double(range.count) / Double(rate)
      }
      start = end + 1
    }
  }

  /// Adds the stretches of another clip.
  public static func + (a: Leakage, b: Leakage) -> Leakage {
    var sum = a
    sum.stem += b.stem
    sum.mixture += b.mixture
    sum.seconds += b.seconds
    return sum
  }

  private static func power(decibels: Double) -> Double { pow(10, decibels / 10) }
}

/// The sum of squares of all channels in a stretch.
func energy(of signal: [[Float]], in range: Range<Int>) -> Double {
  signal.reduce(0) { sum, channel in channel[range].reduce(sum) { $0 + Double($1) * Double($1) } }
}
