/// Places names beside points of a picture, so that none lies on another, on a point, or beyond the edge.
struct ChartLabels {
  /// Where a name begins or ends, on its base line.
  struct Label {
    var name: String
    var x: Double
    var y: Double
    var isLeft: Bool
  }

  private struct Box {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double

    func overlaps(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  /// Of sans-serif letters of 12 pixels, generously.
  private static let (letter, ascent, descent, dot) = (7.2, 10.0, 3.0, 6.0)

  private let width: Double
  private var taken: [Box]

  /// Keeps clear of `points`, in a picture that is so many pixels wide.
  init(around points: [(x: Double, y: Double)], width: Double) {
    self.width = width
    taken = points.map {
      Box(left: $0.x - Self.dot, top: $0.y - Self.dot, right: $0.x + Self.dot, bottom: $0.y + Self.dot)
    }
  }

  /// The nearest free place to the right of a point, or to its left; where there is none, right beside the point.
  mutating func place(_ name: String, at point: (x: Double, y: Double)) -> Label {
    let length = Double(name.count) * Self.letter
    for distance in stride(from: 0.0, through: 120, by: 6) {
      for (drop, isLeft) in [(distance, false), (-distance, false), (distance, true), (-distance, true)] {
        let (x, y) = (point.x + (isLeft ? -9 : 9), point.y + 4 + drop)
        let left = isLeft ? x - length : x
        let box = Box(left: left, top: y - Self.ascent, right: left + length, bottom: y + Self.descent)
        guard left >= 0, box.right <= width, !taken.contains(where: box.overlaps) else { continue }
        taken.append(box)
        return Label(name: name, x: x, y: y, isLeft: isLeft)
      }
    }
    return Label(name: name, x: point.x + 9, y: point.y + 4, isLeft: false)
  }
}
