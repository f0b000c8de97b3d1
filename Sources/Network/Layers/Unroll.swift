internal import CRealtime

/// One place along an axis a run, each behind the one before: what a layer that runs every so many frames found for all
/// of them together.
///
/// The first place stands until that layer has run.
struct UnrollForm: LayerForm {
  static let kind = "unroll"
  static let keys = ["axis", "start", "frames"]

  let shape: Shape
  private let input: Shape
  private let axis: Int
  private let start: Int
  private let frames: Int
  /// Runs before the first for which there is something to read.
  private let early: Int

  init(_ reading: LayerReading) throws(ModelError) {
    input = reading.input
    axis = try reading.axis("axis")
    let extent = input[axis]
    start = try reading.section.integer("start", in: 0...extent - 1, standard: 0)
    frames = try reading.section.integer("frames", in: 1...extent - start)
    early = reading.schedule.runs(before: reading.schedules[0])
    var shape = input
    shape[axis] = 1
    self.shape = shape
  }

  /// Which place is next.
  var memory: Int { 1 }

  func layers(_ places: LayerPlaces) -> [Layer] {
    [
      unsafe .unrolling(
        Unrolling(
          input: places.inputs[0], output: places.result, turn: places.memory, start: start, frames: frames,
          early: early, runs: input.outer(axis), distance: input[axis] * input.inner(axis), run: input.inner(axis)))
    ]
  }
}

/// A running ``UnrollForm``.
@safe
struct Unrolling {
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  /// Runs since the first, less a turn's whenever one is over.
  let turn: UnsafeMutablePointer<Float>
  let start: Int
  let frames: Int
  let early: Int
  let runs: Int
  let distance: Int
  let run: Int

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    let turn = unsafe Int(turn.pointee)
    unsafe self.turn.pointee = Float(turn &+ 1 == early &+ frames ? early : turn &+ 1)
    let place = start &+ max(0, turn &- early)
    for index in 0..<runs {
      unsafe rt_copy(input + index &* distance + place &* run, output + index &* run, run)
    }
  }
}
