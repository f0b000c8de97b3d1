internal import ArgumentParser

/// A time as an operator writes it: `30ms`, `0.03s`.
struct Duration: ExpressibleByArgument, Sendable {
  /// In seconds.
  let seconds: Double

  init?(argument: String) {
    let units: [(String, Double)] = [("ms", 1e-3), ("s", 1)]
    for (unit, scale) in units where argument.hasSuffix(unit) {
      guard let number = Double(argument.dropLast(unit.count)), number > 0, number.isFinite else { return nil }
      seconds = number * scale
      return
    }
    return nil
  }
}
