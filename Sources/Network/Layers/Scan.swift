/// Along what a recurrent layer runs.
enum Scan: String, CaseIterable, Sendable {
  /// A step a frame; leading axes are independent streams.
  case time
  /// Along the axis before the last, inside the frame.
  case forward
  /// The same, from its end to its beginning.
  case backward
}

/// How the rows of a recurrent layer's input fall into streams and steps.
struct ScanShape: Sendable {
  let scan: Scan
  var streams: Int
  let steps: Int

  /// Takes the `input`'s shape apart.
  init(_ scan: Scan, input: Shape) {
    self.scan = scan
    steps = scan == .time ? 1 : input[input.count - 2]
    streams = input.dropLast(scan == .time ? 1 : 2).reduce(1, *)
  }

  /// The shape of the state of `units` units beside an `input` of this shape.
  func state(_ input: Shape, units: Int) -> Shape { input.dropLast(scan == .time ? 1 : 2) + [units] }

  /// The row of `stream` at the `turn`-th step.
  @_noLocks
  func row(stream: Int, turn: Int) -> Int {
    let step: Int
    switch scan {
    case .time, .forward: step = turn
    case .backward: step = steps &- 1 &- turn
    }
    return stream &* steps &+ step
  }
}
