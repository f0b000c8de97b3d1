internal import CRealtime

/// Where each number of a result comes from, for the layers that only move numbers.
///
/// Origins that follow on each other are one run, so that what is contiguous is copied as a whole.
struct Origins {
  /// Of each run: where it begins in the input (−1 for the filling) and how long it is.
  private(set) var runs: [(start: Int32, count: Int32)] = []

  /// Takes the place in the input of each number in turn; −1 where there is none.
  init(_ places: some Sequence<Int>) {
    for place in places {
      if let last = runs.last, place < 0 ? last.start < 0 : last.start >= 0 && place == Int(last.start + last.count) {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((Int32(place), 1))
      }
    }
  }

  /// The table for a ``Rearrangement``.
  var block: WeightBlock { WeightBlock(indices: runs.flatMap { [$0.start, $0.count] }) }

  /// The places of all numbers of `shape` in a tensor with these distances between neighbours, from `start` on.
  static func walk(_ shape: Shape, strides: [Int], start: Int = 0) -> [Int] {
    shape.indices.reduce([start]) { places, axis in
      places.flatMap { place in (0..<shape[axis]).map { place + $0 * strides[axis] } }
    }
  }
}

/// A running layer that only moves numbers.
@safe
struct Rearrangement {
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  /// Pairs of where a run begins in the input and how long it is.
  let table: UnsafePointer<Int32>
  let runs: Int
  let filling: Float

  init(_ places: LayerPlaces, runs: Int, filling: Float = 0) {
    unsafe (input, output) = (places.inputs[0], places.result)
    unsafe table = UnsafeRawPointer(places.weights[0]).assumingMemoryBound(to: Int32.self)
    self.runs = runs
    self.filling = filling
  }

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    var target = unsafe output
    for run in 0..<runs {
      let (start, count) = unsafe (Int(table[2 &* run]), Int(table[2 &* run &+ 1]))
      if start < 0 {
        for index in 0..<count { unsafe target[index] = filling }
      } else if count == 1 {
        unsafe target.pointee = input[start]
      } else {
        unsafe rt_copy(input + start, target, count)
      }
      unsafe target += count
    }
  }
}

/// A layer that only moves the numbers of one input.
protocol RearrangingForm: LayerForm {
  /// Where each number comes from; −1 for the filling.
  var origins: [Int] { get }
  /// What stands where there is no origin.
  var filling: Float { get }
}

extension RearrangingForm {
  var filling: Float { 0 }

  func packed(_ tensors: [WeightBlock]) -> [WeightBlock] { [Origins(origins).block] }

  func layers(_ places: LayerPlaces) -> [Layer] {
    [.rearrangement(Rearrangement(places, runs: places.sizes[0] / 8, filling: filling))]
  }
}
