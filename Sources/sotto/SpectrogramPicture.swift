internal import Evaluation

/// Spectrograms in colour: dark blue over green to yellow, 70 dB below the loudest point to it; of masks, 0 to 1.
enum SpectrogramPicture {
  /// Points of a picture, at most.
  static let (columns, rows) = (480, 160)
  /// How far down the colours reach, in dB.
  static let range = 70.0

  /// Values from 0 to 1 as a PNG file inside a page; the lowest frequency, the first row of values, at the bottom.
  static func image(_ values: [Double], columns: Int, rows: Int) -> String {
    let points = (0..<rows).reversed().flatMap { row in
      values[row * columns..<(row + 1) * columns].map { UInt8($0 * 255) }
    }
    return Page.data("image/png", PNG(width: columns, height: rows, points: points, palette: palette).bytes)
  }

  /// Between the colours of matplotlib's viridis at every eighth.
  private static let palette: [(UInt8, UInt8, UInt8)] = {
    let marks: [(Double, Double, Double)] = [
      (68, 1, 84), (71, 45, 123), (59, 82, 139), (44, 114, 142), (33, 145, 140), (40, 174, 128), (94, 201, 98),
      (173, 220, 48), (253, 231, 37),
    ]
    return (0..<256).map { index in
      let place = Double(index) / 255 * Double(marks.count - 1)
      let below = min(Int(place), marks.count - 2)
      let (a, b, rest) = (marks[below], marks[below + 1], place - Double(below))
      func mix(_ x: Double, _ y: Double) -> UInt8 { UInt8(x + rest * (y - x)) }
      return (mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
    }
  }()
}
