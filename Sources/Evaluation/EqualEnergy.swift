/// Scales voice and accompaniment to equal energy over the clip and their sum to -20 dBFS (RMS).
///
/// These are the 0 dB mixtures that figures on MIR-1K are for (Hsu and Jang 2010; Huang et al. 2014). In the arithmetic of `sotto_training.mixing.plain`, so that both sides measure the same samples. Silence stays
/// silence.
public func equalEnergy(voice: [Float], accompaniment: [Float]) -> (voice: [Float], accompaniment: [Float]) {
  let (voice, accompaniment) = (unit(voice), unit(accompaniment))
  let size = rootMeanSquare(zip(accompaniment, voice).map { $0 + $1 })
  let factor = Float(size > 0 ? 0.1 / size : 0)
  return (voice.map { $0 * factor }, accompaniment.map { $0 * factor })
}

private func unit(_ samples: [Float]) -> [Float] {
  let size = rootMeanSquare(samples)
  return size > 1e-9 ? samples.map { $0 / Float(size) } : samples.map { _ in 0 }
}

private func rootMeanSquare(_ samples: [Float]) -> Double {
  guard !samples.isEmpty else { return 0 }
  return (samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(samples.count)).squareRoot()
}
