internal import Evaluation

/// A picture (SVG) of how a figure is spread over the clips, in the colours of the ``Page`` around it.
///
/// Each row has a box from the lower to the upper quartile with the median in it, whiskers to the ends, and a dot for
/// each clip.
struct BoxPlot {
  let title: String
  let rows: [(name: String, values: [Double])]

  private static let (width, left, right, top, step) = (640.0, 150.0, 20.0, 34.0, 30.0)

  /// The picture as an element of a page; empty where there are no values.
  var svg: String {
    let all = rows.flatMap(\.values)
    guard let least = all.min(), let most = all.max() else { return "" }
    let distance = Self.distance(most - least)
    let (first, last) = (
      (least / distance).rounded(.down), max((most / distance).rounded(.up), 1 + (least / distance).rounded(.down))
    )
    func x(_ value: Double) -> Double {
      Self.left + (value / distance - first) / (last - first) * (Self.width - Self.left - Self.right)
    }
    let bottom = Self.top + Self.step * Double(rows.count)
    var lines = [
      """
      <svg viewBox="0 0 \(decimal(Self.width, 0)) \(decimal(bottom + 24, 0))" width="\(decimal(Self.width, 0))" \
      font-size="12" fill="currentColor" role="img" aria-label="\(escaped(title))">
      <text x="0" y="16" font-weight="600">\(escaped(title))</text>
      """
    ]
    for mark in Int(first)...Int(last) {
      let place = x(Double(mark) * distance)
      lines.append(Self.line(place, Self.top - 6, place, bottom, "var(--line)"))
      lines.append(
        "<text x=\"\(decimal(place))\" y=\"\(decimal(bottom + 16))\" text-anchor=\"middle\">"
          + "\(decimal(Double(mark) * distance, distance < 1 ? 1 : 0))</text>")
    }
    for (index, row) in rows.enumerated() {
      let y = Self.top + Self.step * (Double(index) + 0.5)
      lines.append(
        "<text x=\"\(decimal(Self.left - 10))\" y=\"\(decimal(y + 4))\" text-anchor=\"end\">\(escaped(row.name))</text>"
      )
      let marks = [0, 0.25, 0.5, 0.75, 1].compactMap { quantile($0, of: row.values).map(x) }
      guard marks.count == 5 else { continue }
      lines.append(Self.line(marks[0], y, marks[4], y, "var(--edge)"))
      lines.append(
        "<rect x=\"\(decimal(marks[1]))\" y=\"\(decimal(y - 9))\" width=\"\(decimal(marks[3] - marks[1]))\" "
          + "height=\"18\" fill=\"var(--box)\" stroke=\"var(--edge)\"/>")
      lines.append(Self.line(marks[2], y - 9, marks[2], y + 9, "var(--edge)", width: 3))
      lines += row.values.map {
        "<circle cx=\"\(decimal(x($0)))\" cy=\"\(decimal(y))\" r=\"2\" fill-opacity=\"0.45\"/>"
      }
    }
    return lines.joined(separator: "\n") + "\n</svg>"
  }

  /// A round distance of marks, so that there are four to ten of them.
  private static func distance(_ range: Double) -> Double {
    [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50].first { range / $0 <= 8 } ?? 100
  }

  private static func line(
    _ x: Double, _ y: Double, _ toX: Double, _ toY: Double, _ colour: String, width: Int = 1
  ) -> String {
    "<line x1=\"\(decimal(x))\" y1=\"\(decimal(y))\" x2=\"\(decimal(toX))\" y2=\"\(decimal(toY))\" "
      + "stroke=\"\(colour)\" stroke-width=\"\(width)\"/>"
  }
}
