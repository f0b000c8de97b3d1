internal import CRealtime

/// The last few frames beside each other on an axis of their own, oldest first: what a causal convolution reads.
struct HistoryForm: LayerForm {
  static let kind = "history"
  static let keys = ["frames", "axis", "start"]

  enum Start: String, CaseIterable { case zero, `repeat` }

  let shape: Shape
  let frames: Int
  let axis: Int
  let repeats: Bool

  init(_ reading: LayerReading) throws(ModelError) {
    frames = try reading.section.integer("frames", in: 1...Bounds.extent)
    axis = try reading.axis("axis", standard: 0, of: reading.input.count + 1)
    let start: Start = try reading.section.choice("start", standard: .zero)
    repeats = start == .repeat
    var shape = reading.input
    shape.insert(frames, at: axis)
    self.shape = shape
    try reading.bounded(shape)
  }

  /// Whether anything has been seen; what has been seen is the result itself.
  var memory: Int { 1 }

  func layers(_ places: LayerPlaces) -> [Layer] {
    [
      unsafe .history(
        History(
          input: places.inputs[0], past: places.result, begun: places.memory, frames: frames,
          runs: shape.outer(axis), run: shape.inner(axis), repeats: repeats))
    ]
  }
}

/// A running ``HistoryForm``.
@safe
struct History {
  let input: UnsafePointer<Float>
  let past: UnsafeMutablePointer<Float>
  /// Not zero once a frame has come.
  let begun: UnsafeMutablePointer<Float>
  let frames: Int
  let runs: Int
  let run: Int
  let repeats: Bool

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    let fills = unsafe repeats && begun.pointee == 0
    unsafe begun.pointee = 1
    for index in 0..<runs {
      let (rows, newest) = unsafe (past + index &* frames &* run, input + index &* run)
      unsafe rt_copy(rows + run, rows, (frames &- 1) &* run)
      unsafe rt_copy(newest, rows + (frames &- 1) &* run, run)
      if fills {
        for frame in 0..<frames { unsafe rt_copy(newest, rows + frame &* run, run) }
      }
    }
  }
}
