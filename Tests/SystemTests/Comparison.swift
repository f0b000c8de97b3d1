import Foundation

// Plain loops over raw buffers: without optimisation anything else takes longer than the sound itself.

/// The largest sample of `samples`, in dB of full scale; what is not a number counts as infinite.
func peak(_ samples: ArraySlice<Float>) -> Double {
  fold(samples, Float(0)) { largest, block, index in
    let size = abs(block[index])
    if !(size <= largest) { largest = size.isNaN ? .infinity : size }
  }.decibels
}

/// The mean level of `samples`, in dB of full scale.
func level(_ samples: ArraySlice<Float>) -> Double {
  let sum = fold(samples, 0.0) { sum, block, index in sum += Double(block[index]) * Double(block[index]) }
  return (sum / Double(max(samples.count, 1))).squareRoot().decibels
}

/// The largest change from one sample to the next.
func largestStep(_ samples: ArraySlice<Float>) -> Float {
  fold(samples, 0) { largest, block, index in
    let step = index > 0 ? abs(block[index] - block[index - 1]) : 0
    if !(step <= largest) { largest = step }
  }
}

/// The most samples in a row that are exactly zero.
func longestSilence(_ samples: ArraySlice<Float>) -> Int {
  fold(samples, (longest: 0, run: 0)) { state, block, index in
    state.run = block[index] == 0 ? state.run + 1 : 0
    if state.run > state.longest { state.longest = state.run }
  }.longest
}

/// `a + b`, sample by sample.
func mixed(_ a: [Float], _ b: [Float]) -> [Float] {
  [Float](unsafeUninitializedCapacity: min(a.count, b.count)) { target, count in
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        while count < min(a.count, b.count) {
          target[count] = a[count] + b[count]
          count += 1
        }
      }
    }
  }
}

private func fold<State>(
  _ samples: ArraySlice<Float>, _ start: State, _ step: (inout State, UnsafeBufferPointer<Float>, Int) -> Void
) -> State {
  samples.withUnsafeBufferPointer { block in
    var state = start
    var index = 0
    while index < block.count {
      step(&state, block, index)
      index += 1
    }
    return state
  }
}

/// `a - b`, sample by sample.
func difference(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> [Float] {
  mixed(Array(a), b.withUnsafeBufferPointer { block in block.map { -$0 } })
}

/// A tone of 440 Hz at half of full scale, faded in over a tenth of a second, at 48 kHz.
func tone(frames: Int) -> [Float] {
  (0..<frames).map { Float(0.5 * min(1, Double($0) / 4800) * sin(2 * .pi * 440 * Double($0) / 48_000)) }
}

extension BinaryFloatingPoint {
  /// This amplitude in dB of full scale.
  fileprivate var decibels: Double { 20 * log10(Double(self)) }
}
