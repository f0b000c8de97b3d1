internal import CRealtime
internal import Glibc

/// The running level of a stream, from its magnitudes alone, so that it is the same at every sample rate.
///
/// Parseval gives a frame's power from its magnitudes `m`, which were divided by the sum of the window `w`:
/// `p = E Σ c m²`, `c` = 1 for the first and last bin and 2 between, `E = (Σw)² / (N Σw²)`. The level is the root of the
/// mean of `p` with weights that fall by `e` in the time constant, over the frames whose power reaches the floor.
struct Level {
  private let bins: Int
  private let energy: Double
  private let runs: Bool
  private let keep: Double
  private let floor: Double
  private let silent: Double
  private var weighted = 0.0
  private var weight = 0.0

  /// Prepares for frames of `grid`.
  init(_ description: ModelDescription.Level, grid: ModelDescription.Grid) {
    bins = grid.bins
    energy = grid.energy
    switch description {
    case .none: (runs, keep, floor) = (false, 0, 0)
    case .runningRMS(let seconds, let floor):
      runs = true
      keep = exp(-Double(grid.hop) / (Double(grid.rate) * seconds))
      self.floor = pow(10, floor / 10)
    }
    silent = floor.squareRoot()
  }

  /// The power of a frame of magnitudes.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func power(magnitudes: UnsafePointer<Float>) -> Double {
    let first = unsafe Double(magnitudes[0])
    let last = unsafe Double(magnitudes[bins - 1])
    let inner = unsafe rt_sum_of_squares(magnitudes + 1, bins - 2)
    return energy * (first * first + 2 * inner + last * last)
  }

  /// The power of a frame of `rows` rows of magnitudes: of mid and side it is the mean power of both channels.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func power(magnitudes: UnsafePointer<Float>, rows: Int) -> Double {
    var sum = 0.0
    for row in 0..<rows { unsafe sum += power(magnitudes: magnitudes + row &* bins) }
    return sum
  }

  /// The mean power of the channels of a spectrum of `rows` rows, two a channel.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func power(spectrum: UnsafePointer<Float>, rows: Int) -> Double {
    unsafe power(magnitudes: spectrum, rows: rows) * 2 / Double(rows)
  }

  /// The level, as an amplitude, after a frame of this power, that frame included; 1 where no level is wanted.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func step(_ power: Double) -> Double {
    guard runs else { return 1 }
    if power >= floor {
      weighted = keep * weighted + power
      weight = keep * weight + 1
    }
    return weight > 0 ? rt_sqrt_double(weighted / weight) : silent
  }

  /// Forgets the past.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func reset() {
    weighted = 0
    weight = 0
  }
}

extension ModelDescription.Grid {
  /// The analysis window.
  private var analysisWindow: [Double] {
    (0..<window).map { sample in
      let (n, count) = (Double(sample), Double(window))
      let rise = window - hop
      return switch shape {
      case .squareRootHann: sin(Double.pi * n / count)
      case .hann: (1 - cos(2 * Double.pi * n / count)) / 2
      case .lowDelay, .lowDelayHann:
        pow(
          sin(Double.pi * (sample < rise ? n / Double(2 * rise) : 0.5 + Double(sample - rise) / Double(2 * hop))),
          shape == .lowDelay ? 1 : 2)
      }
    }
  }

  /// The sum of the analysis window.
  var windowSum: Double { analysisWindow.reduce(0, +) }

  /// `(Σw)² / (N Σw²)` for the analysis window: 8/π² for the square root of a Hann window, 2/3 for a Hann window.
  fileprivate var energy: Double {
    windowSum * windowSum / (Double(window) * analysisWindow.reduce(0) { $0 + $1 * $1 })
  }
}
