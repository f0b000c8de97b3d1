internal import Control
internal import FoundationEssentials
private import Glibc

/// A picture (SVG) of what a frame costs against how large the model is: one channel, with smaller weights too, two
/// channels, and the fastest rival.
///
/// Both axes are logarithmic; a straight line upwards to the right is a cost in proportion to the size.
struct BenchChart {
  private struct Point {
    var parameters: Double
    var seconds: Double
  }

  private struct Series {
    var name: String
    var colour: String
    var points: [Point]
  }

  private let series: [Series]
  private let names: [(name: String, point: Point)]
  private let columns: Range<Int>
  private let rows: Range<Int>

  private static let (width, height, left, top, right, bottom) = (860.0, 540.0, 80.0, 40.0, 30.0, 60.0)

  init(_ models: [BenchModel]) {
    func points(_ time: (BenchModel) -> Double?) -> [Point] {
      models.compactMap { model in
        time(model).map { Point(parameters: Double(max(model.parameters, 1)), seconds: max($0, 1e-9)) }
      }
    }
    func channels(_ count: Int) -> [Point] {
      points { $0.channels.first { $0.count == count }?.paced.median }
    }
    series = [
      Series(name: "one channel", colour: "#0060a0", points: channels(1)),
      Series(
        name: "one channel, 8-bit weights", colour: "#209040",
        points: points { $0.ours.first { $0.name == "integer" }?.paced?.median }),
      Series(name: "two channels, a mask each", colour: "#d06000", points: channels(2)),
      Series(
        name: "the fastest rival at any precision, one channel", colour: "#808080",
        points: points { $0.rivals.compactMap(\.paced?.median).min() }),
    ]
    names = zip(models.map(\.name), channels(1)).map { ($0, $1) }
    let all = series.flatMap(\.points)
    columns = Self.decades(all.map(\.parameters))
    rows = Self.decades(all.map(\.seconds))
  }

  /// The powers of ten around some numbers.
  private static func decades(_ numbers: [Double]) -> Range<Int> {
    let powers = numbers.map(log10)
    let first = Int((powers.min() ?? 0).rounded(.down))
    return first..<max(Int((powers.max() ?? 0).rounded(.up)), first + 1)
  }

  private func place(_ point: Point) -> (x: Double, y: Double) {
    func share(_ number: Double, of range: Range<Int>) -> Double {
      (log10(number) - Double(range.lowerBound)) / Double(range.count)
    }
    let (across, up) = (share(point.parameters, of: columns), share(point.seconds, of: rows))
    return (
      Self.left + across * (Self.width - Self.left - Self.right),
      Self.height - Self.bottom - up * (Self.height - Self.top - Self.bottom)
    )
  }

  /// The picture as a file.
  var svg: String {
    var lines = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" \
      font-family="sans-serif" font-size="12">
      <rect width="100%" height="100%" fill="white"/>
      """
    ]
    for power in columns.lowerBound...columns.upperBound {
      let x = place(Point(parameters: tens(power), seconds: tens(rows.lowerBound))).x
      lines.append(line(x, Self.top, x, Self.height - Self.bottom))
      lines.append(text(x, Self.height - Self.bottom + 18, plain(tens(power)), anchor: "middle"))
    }
    for power in rows.lowerBound...rows.upperBound {
      let y = place(Point(parameters: tens(columns.lowerBound), seconds: tens(power))).y
      lines.append(line(Self.left, y, Self.width - Self.right, y))
      lines.append(text(Self.left - 8, y + 4, "\(plain(tens(power + 3))) ms", anchor: "end"))
    }
    lines.append(text(Self.width / 2, Self.height - 15, "parameters", anchor: "middle"))
    lines.append(text(10, 20, "processor time of a frame, caches disturbed, median", anchor: "start"))
    for one in series {
      lines += one.points.map { circle(place($0), colour: one.colour) }
    }
    var labels = ChartLabels(around: series.flatMap(\.points).map(place), width: Self.width)
    for (name, point) in names {
      let label = labels.place(name, at: place(point))
      lines.append(text(label.x, label.y, label.name, anchor: label.isLeft ? "end" : "start"))
    }
    for (index, one) in series.enumerated() where !one.points.isEmpty {
      let y = Self.top + 18 + 18 * Double(index)
      lines.append(circle((Self.left + 15, y - 4), colour: one.colour))
      lines.append(text(Self.left + 26, y, one.name, anchor: "start"))
    }
    return lines.joined(separator: "\n") + "\n</svg>\n"
  }

  /// Writes the file.
  ///
  /// - Throws: ``Failure`` with status 73.
  func write(to path: String) throws(Failure) {
    do {
      try svg.write(toFile: path, atomically: true, encoding: .utf8)
    } catch {
      throw Failure(status: 73, "the chart cannot be written to '\(path)'")
    }
  }

  private func tens(_ power: Int) -> Double { pow(10, Double(power)) }

  /// A power of ten in figures.
  private func plain(_ number: Double) -> String {
    if number >= 999_999 { return "\(decimal(number / 1e6, 0)) million" }
    return number >= 0.999 ? decimal(number, 0) : decimal(number, max(Int((-log10(number)).rounded(.up)), 1))
  }

  private func line(_ x: Double, _ y: Double, _ toX: Double, _ toY: Double) -> String {
    "<line x1=\"\(decimal(x))\" y1=\"\(decimal(y))\" x2=\"\(decimal(toX))\" y2=\"\(decimal(toY))\" stroke=\"#ddd\"/>"
  }

  private func circle(_ place: (x: Double, y: Double), colour: String) -> String {
    "<circle cx=\"\(decimal(place.x))\" cy=\"\(decimal(place.y))\" r=\"5\" fill=\"\(colour)\"/>"
  }

  private func text(_ x: Double, _ y: Double, _ words: String, anchor: String) -> String {
    let marks = ["&": "&amp;", "<": "&lt;", ">": "&gt;"]
    let safe = words.map { marks[String($0)] ?? String($0) }.joined()
    return "<text x=\"\(decimal(x))\" y=\"\(decimal(y))\" text-anchor=\"\(anchor)\">\(safe)</text>"
  }
}
