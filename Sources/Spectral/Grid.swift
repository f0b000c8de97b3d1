/// Where the frames of a short-time Fourier transform lie on a stream of samples.
///
/// Frame `k` ends before sample `end(of: k)` and is `window` samples long. The hop may be a fraction: a network trained
/// at 16 kHz on hops of 256 is met at 44.1 kHz by hops of 705 and 706 samples by turns, 705.6 in the mean, so that no
/// resampler is needed and the frames never drift away from the trained grid.
public struct Grid: Sendable, Equatable {
  /// Window length N in samples.
  public let window: Int
  /// The shapes of the two windows.
  public let pair: WindowPair
  /// The samples after which the pattern of hops repeats.
  public let patternSamples: Int
  /// The frames in one such pattern.
  public let patternFrames: Int

  /// A grid with a whole hop.
  public init(window: Int, hop: Int, pair: WindowPair = .squareRootHann) {
    self.init(window: window, samples: hop, frames: 1, pair: pair)
  }

  /// The grid that means at `rate` what `window` and `hop` mean at `modelRate` (all rates in Hz).
  ///
  /// The hop is exact. The window is, at another rate than its own, up to half a per cent longer or shorter where that
  /// makes its transform an easy one: 2816 samples for the 2822.4 that 1024 at 16 kHz are at 44.1 kHz. The bins then lie
  /// 4 cents higher, by which singers differ from each other far more, and no chirp is needed.
  public init(window: Int, hop: Int, modelRate: Int, rate: Int, pair: WindowPair = .squareRootHann) {
    let scaled = max((window * rate * 2 + modelRate) / (modelRate * 2), 4)
    // Two hops have to lie in it, or nearly: every sample needs two windows.
    let least = min(scaled, 2 * hop * rate / modelRate)
    let met = rate == modelRate ? scaled : Self.easyWindow(near: scaled, least: least)
    self.init(window: met, samples: hop * rate, frames: modelRate, pair: pair)
  }

  /// The nearest window of at least `least` samples whose transform is easy, or `length` where none is near.
  private static func easyWindow(near length: Int, least: Int) -> Int {
    for distance in 0...length / 200 {
      for candidate in [length - distance, length + distance] where candidate >= least && Transform.isEasy(candidate) {
        return candidate
      }
    }
    return length
  }

  /// The grid whose frame `k`, `window` samples long, ends with frame `(k + 1) * frames - 1` of this one.
  public func every(_ frames: Int, window: Int, pair: WindowPair) -> Grid {
    Grid(window: window, samples: patternSamples * frames, frames: patternFrames, pair: pair)
  }

  private init(window: Int, samples: Int, frames: Int, pair: WindowPair) {
    precondition(window > 1 && samples > 0 && frames > 0 && samples >= frames, "a grid without samples")
    let divisor = greatestCommonDivisor(samples, frames)
    self.window = window
    self.pair = pair
    patternSamples = samples / divisor
    patternFrames = frames / divisor
  }

  /// The number of bins of a frame: N/2 + 1.
  public var bins: Int { @_noLocks get { window / 2 + 1 } }

  /// The longest hop in samples.
  public var longestHop: Int { @_noLocks get { (patternSamples + patternFrames - 1) / patternFrames } }

  /// The mean hop in samples.
  public var meanHop: Double { Double(patternSamples) / Double(patternFrames) }

  /// How many samples of a frame the synthesis window reaches, counted back from its end.
  public var synthesisSupport: Int {
    @_noLocks get {
      switch pair {
      case .squareRootHann, .hann: window
      // Half a window and no more: at another rate than its own, the longest hop may be one that was rounded up.
      case .lowDelay, .lowDelayHann: 2 * min(longestHop, window / 2)
      }
    }
  }

  /// The first sample after frame `frame` (which is 0 or more), counted from the start of the stream.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public func end(of frame: Int) -> Int { ((frame &+ 1) &* patternSamples) / patternFrames }

  /// The smallest delay in samples that lets a callback of `period` samples put out only finished sound.
  ///
  /// A frame becomes known in the callback in which its last sample arrives, so what counts is where in a period
  /// frames can end: `N_s - gcd(period, hop)` for a whole hop, at most `N_s - 1` for a fractional one.
  public func delay(period: Int) -> Int {
    var earliest = period - 1
    let frames = patternFrames * (period / greatestCommonDivisor(period, patternSamples))
    for frame in 0..<frames {
      earliest = min(earliest, (end(of: frame) - 1) % period)
      if earliest == 0 { break }
    }
    return synthesisSupport - 1 - earliest
  }
}

/// Euclid's algorithm.
func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}
