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
  private let keep: Double
  private let floor: Double
  private let silent: Double
  private var weighted = 0.0
  private var weight = 0.0

  /// Prepares for frames of `grid`.
  init(_ description: ModelDescription.Level, grid: ModelDescription.Grid) {
    bins = grid.bins
    energy = grid.shape.energy(window: grid.window)
    keep = exp(-Double(grid.hop) / (Double(grid.rate) * description.seconds))
    floor = pow(10, description.floor / 10)
    silent = floor.squareRoot()
  }

  /// The level, as an amplitude, after the frame of `bins` magnitudes, that frame included.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func step(_ magnitudes: UnsafePointer<Float>) -> Double {
    let first = unsafe Double(magnitudes[0])
    let last = unsafe Double(magnitudes[bins - 1])
    let inner = unsafe rt_sum_of_squares(magnitudes + 1, bins - 2)
    let power = energy * (first * first + 2 * inner + last * last)
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

extension ModelDescription.WindowShape {
  /// `(Σw)² / (N Σw²)` for a window of `window` samples: 8/π² for the square root of a Hann window, 2/3 for
  /// a Hann window.
  fileprivate func energy(window: Int) -> Double {
    var sum = 0.0
    var squares = 0.0
    for sample in 0..<window {
      let weight =
        switch self {
        case .squareRootHann: sin(Double.pi * Double(sample) / Double(window))
        case .hann: (1 - cos(2 * Double.pi * Double(sample) / Double(window))) / 2
        }
      sum += weight
      squares += weight * weight
    }
    return sum * sum / (Double(window) * squares)
  }
}
