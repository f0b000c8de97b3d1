import Foundation

/// The largest sample of `samples`, in dB of full scale.
func peak(_ samples: ArraySlice<Float>) -> Double {
  decibels(samples.withUnsafeBufferPointer { block in block.reduce(0) { max($0, abs($1)) } })
}

/// The mean level of `samples`, in dB of full scale.
func level(_ samples: ArraySlice<Float>) -> Double {
  let sum = samples.withUnsafeBufferPointer { block in block.reduce(0.0) { $0 + Double($1) * Double($1) } }
  return decibels((sum / Double(max(samples.count, 1))).squareRoot())
}

/// The largest change from one sample to the next.
func largestStep(_ samples: ArraySlice<Float>) -> Float {
  samples.withUnsafeBufferPointer { block in
    var largest: Float = 0
    for index in block.indices.dropFirst() { largest = max(largest, abs(block[index] - block[index - 1])) }
    return largest
  }
}

/// The most samples in a row that are exactly zero.
func longestSilence(_ samples: ArraySlice<Float>) -> Int {
  var (longest, run) = (0, 0)
  for sample in samples {
    run = sample == 0 ? run + 1 : 0
    longest = max(longest, run)
  }
  return longest
}

/// `a - b`, sample by sample.
func difference(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> [Float] { zip(a, b).map { $0 - $1 } }

/// A tone of 440 Hz at half of full scale, faded in over a tenth of a second, at 48 kHz.
func tone(frames: Int) -> [Float] {
  (0..<frames).map { Float(0.5 * min(1, Double($0) / 4800) * sin(2 * .pi * 440 * Double($0) / 48_000)) }
}

private func decibels(_ amplitude: some BinaryFloatingPoint) -> Double { 20 * log10(Double(amplitude)) }
