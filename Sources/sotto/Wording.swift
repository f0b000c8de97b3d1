internal import Control

/// A number with so many decimals.
func decimal(_ value: Double, _ places: Int = 1) -> String {
  guard value.isFinite, value.magnitude < 1e12 else { return "\(value)" }
  let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
  let scaled = Int((value.magnitude * scale).rounded())
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard places > 0 else { return "\(sign)\(scaled)" }
  let fraction = String(scaled % Int(scale))
  return "\(sign)\(scaled / Int(scale)).\(String(repeating: "0", count: places - fraction.count))\(fraction)"
}

/// Seconds in milliseconds.
func milliseconds(_ seconds: Double, _ places: Int = 1) -> String { decimal(seconds * 1000, places) + " ms" }

/// A share in per cent.
func percent(_ share: Double) -> String { decimal(share * 100) + " %" }

extension Decibels {
  /// Decibels in words.
  var words: String { value.isFinite ? decimal(value) + " dB" : "silent" }
}

extension Latency {
  /// Latency in words.
  var words: String { "\(samples) samples, \(milliseconds(seconds))" }
}

extension StepBudget {
  /// The sum in words.
  var words: String {
    "for \(steps) \(steps == 1 ? "step" : "steps") of \(milliseconds(bound, 2)) × \(decimal(margin, 2)) + "
      + "\(milliseconds(wake, 2)) to wake = \(milliseconds(seconds, 2)): \(periods) "
      + (periods == 1 ? "period" : "periods")
  }
}

extension Gains {
  /// Both gains in words.
  var words: String { "voice \(voice.words), accompaniment \(accompaniment.words)" }
}

/// Lines of names and values with the values below each other.
func aligned(_ rows: [(String, String?)]) -> String {
  let width = rows.map(\.0.count).max() ?? 0
  return rows.compactMap { name, value in
    value.map { name + String(repeating: " ", count: width - name.count + 2) + $0 }
  }.joined(separator: "\n")
}

/// Rows of figures below each other, names at the left.
func table(_ rows: [[String]]) -> String {
  let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    row.indices.map { column in
      let space = String(repeating: " ", count: widths[column] - row[column].count)
      return column == 0 ? row[column] + space : space + row[column]
    }.joined(separator: "  ")
  }.joined(separator: "\n")
}
