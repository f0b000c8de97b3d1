internal import CRealtime

/// One place along an axis a frame, each behind the one before: what a layer that runs every so many frames found for
/// all of them together.
struct UnrollForm: LayerForm {
  static let kind = "unroll"
  static let keys = ["axis", "start", "frames"]

  let shape: Shape
  private let input: Shape
  private let axis: Int
  private let start: Int
  private let frames: Int

  init(_ reading: LayerReading) throws(ModelError) {
    input = reading.input
    axis = try reading.axis("axis")
    let extent = input[axis]
    start = try reading.section.integer("start", in: 0...extent - 1, standard: 0)
    frames = try reading.section.integer("frames", in: 1...extent - start)
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
          runs: input.outer(axis), distance: input[axis] * input.inner(axis), run: input.inner(axis)))
    ]
  }
}

/// A running ``UnrollForm``.
@safe
struct Unrolling {
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  /// Frames since the last first place.
  let turn: UnsafeMutablePointer<Float>
  let start: Int
  let frames: Int
  let runs: Int
  let distance: Int
  let run: Int

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    let frame = unsafe Int(turn.pointee)
    unsafe turn.pointee = frame &+ 1 == frames ? 0 : Float(frame &+ 1)
    for index in 0..<runs {
      unsafe rt_copy(input + index &* distance + (start &+ frame) &* run, output + index &* run, run)
    }
  }
}
