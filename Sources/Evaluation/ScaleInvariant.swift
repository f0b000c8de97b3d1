/// SI-SDR in dB (Le Roux, Wisdom, Erdogan and Hershey, *SDR: half-baked or well done?*, 2019):
/// `|αs|² / |e - αs|²` with `α = ⟨e, s⟩ / ⟨s, s⟩`, one α for all channels, means not taken off.
///
/// ``Ratios/silence`` for a silent estimate, infinite for a multiple of the source.
public func scaleInvariantSDR(of estimate: [[Float]], against source: [[Float]]) -> Double {
  precondition(estimate.map(\.count) == source.map(\.count), "an estimate of another shape than its source")
  var (product, energy) = (0.0, 0.0)
  for (e, s) in zip(estimate, source) {
    for (e, s) in zip(e, s) {
      product += Double(e) * Double(s)
      energy += Double(s) * Double(s)
    }
  }
  let scale = energy > 0 ? product / energy : 0
  var (target, error) = (0.0, 0.0)
  for (e, s) in zip(estimate, source) {
    for (e, s) in zip(e, s) {
      let part = scale * Double(s)
      target += part * part
      error += (Double(e) - part) * (Double(e) - part)
    }
  }
  return target > 0 ? max(decibels(target, over: error), Ratios.silence) : Ratios.silence
}
