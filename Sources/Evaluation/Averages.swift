/// The middle of some values, the mean of the two in the middle for an even number of them; `nil` for none.
public func median(_ values: [Double]) -> Double? { quantile(0.5, of: values) }

/// The value below which a share of some values lies, interpolated between neighbours (Hyndman and Fan's seventh kind,
/// which NumPy takes); `nil` for none.
public func quantile(_ share: Double, of values: [Double]) -> Double? {
  let sorted = values.filter { !$0.isNaN }.sorted()
  guard let last = sorted.indices.last else { return nil }
  let place = min(max(share, 0), 1) * Double(last)
  let below = Int(place)
  let rest = place - Double(below)
  // Without this the middle of two infinities would be no number.
  guard rest > 0, sorted[below] != sorted[below + 1] else { return sorted[below] }
  return sorted[below] + rest * (sorted[below + 1] - sorted[below])
}

/// The mean of some values; `nil` for none.
public func mean(_ values: [Double]) -> Double? { mean(values, weights: values.map { _ in 1 }) }

/// The weighted mean of some values; `nil` for none.
///
/// With the clips' lengths for weights it makes GNSDR, GSIR and GSAR of NSDR, SIR and SAR (Hsu and Jang 2010).
public func mean(_ values: [Double], weights: [Double]) -> Double? {
  precondition(values.count == weights.count, "\(values.count) values, \(weights.count) weights")
  let sum = weights.reduce(0, +)
  guard sum > 0 else { return nil }
  return zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / sum
}
