internal import CRealtime

/// The last few frames beside each other on an axis of their own, oldest first: what a causal convolution reads.
struct HistoryForm: LayerForm {
  static let kind = "history"
  static let keys = ["frames", "axis", "start", "spacing"]

  enum Start: String, CaseIterable { case zero, `repeat` }

  let shape: Shape
  let frames: Int
  let axis: Int
  let repeats: Bool
  /// From one of the frames to the next, in runs of the layer.
  let spacing: Int
  private let numbers: Int

  init(_ reading: LayerReading) throws(ModelError) {
    frames = try reading.section.integer("frames", in: 1...Bounds.extent)
    axis = try reading.axis("axis", standard: 0, of: reading.input.count + 1)
    let start: Start = try reading.section.choice("start", standard: .zero)
    repeats = start == .repeat
    spacing = try reading.section.integer("spacing", in: 1...Bounds.every, standard: 1)
    var shape = reading.input
    numbers = shape.numbers
    shape.insert(frames, at: axis)
    self.shape = shape
    try reading.bounded(shape)
    try reading.bounded(memory: memory)
  }

  /// Whether anything has been seen, and where the next frame goes; of frames that lie apart, all of them.
  ///
  /// What has been seen of frames in a row is the result itself.
  var memory: Int { 2 + (spacing == 1 ? 0 : span * numbers) }

  /// Of how many parts the result is, in each of which the frames lie together.
  var parts: Int { shape.outer(axis) }

  /// How many frames are remembered.
  private var span: Int { (frames - 1) * spacing + 1 }

  func layers(_ places: LayerPlaces) -> [Layer] {
    [
      unsafe .history(
        History(
          input: places.inputs[0], past: places.result, memory: places.memory, frames: frames, runs: parts,
          run: shape.inner(axis), distance: places.distance ?? frames * shape.inner(axis), spacing: spacing,
          repeats: repeats))
    ]
  }
}

/// A running ``HistoryForm``.
@safe
struct History {
  let input: UnsafePointer<Float>
  let past: UnsafeMutablePointer<Float>
  /// Not zero once a frame has come; the place of the next in the ring; the ring, where frames lie apart.
  let memory: UnsafeMutablePointer<Float>
  let frames: Int
  let runs: Int
  let run: Int
  /// From one part of the past to the next.
  let distance: Int
  let spacing: Int
  let repeats: Bool

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    let fills = unsafe repeats && memory[0] == 0
    unsafe memory[0] = 1
    if spacing > 1 {
      turn(fills: fills)
    } else {
      shift(fills: fills)
    }
  }

  /// Moves the result on by a frame.
  @_noLocks
  private func shift(fills: Bool) {
    for index in 0..<runs {
      let (rows, newest) = unsafe (past + index &* distance, input + index &* run)
      unsafe rt_copy(rows + run, rows, (frames &- 1) &* run)
      unsafe rt_copy(newest, rows + (frames &- 1) &* run, run)
      if fills {
        for frame in 0..<frames { unsafe rt_copy(newest, rows + frame &* run, run) }
      }
    }
  }

  /// Puts the frame into the ring, and the result together from what lies there.
  @_noLocks
  private func turn(fills: Bool) {
    let (span, numbers) = ((frames &- 1) &* spacing &+ 1, runs &* run)
    let (ring, place) = unsafe (memory + 2, Int(memory[1]))
    for slot in fills ? 0..<span : place..<place &+ 1 { unsafe rt_copy(input, ring + slot &* numbers, numbers) }
    // The oldest lies behind the newest.
    let oldest = place &+ 1 == span ? 0 : place &+ 1
    unsafe memory[1] = Float(oldest)
    for frame in 0..<frames {
      let slot = (oldest &+ frame &* spacing) % span
      for index in 0..<runs {
        unsafe rt_copy(
          ring + slot &* numbers + index &* run, past + index &* distance + frame &* run, run)
      }
    }
  }
}
