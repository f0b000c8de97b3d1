internal import CRealtime

/// What another layer gave in the frame before; zeros, or the tensor `initial`, at first.
struct StateForm: LayerForm {
  static let kind = "state"
  static let keys = ["shape", "update"]
  static let sources = 0...0

  let shape: Shape
  let update: String?
  let hasInitial: Bool

  init(_ reading: LayerReading) throws(ModelError) {
    shape = try reading.integers("shape", count: 0...Bounds.axes, in: 1...Bounds.numbers)
    update = try reading.section.name("update")
    hasInitial = reading.has("initial")
    try reading.bounded(shape)
  }

  var tensors: [TensorNeed] { hasInitial ? [TensorNeed(name: "initial", shape: shape)] : [] }
  /// Whether the initial value has been set.
  var memory: Int { 1 }

  func layers(_ places: LayerPlaces) -> [Layer] {
    guard let initial = unsafe places.weights.first else { return [] }
    return [
      unsafe .start(
        StateStart(initial: initial, output: places.result, begun: places.memory, count: shape.numbers))
    ]
  }
}

/// Sets a state to its initial value before the first frame.
@safe
struct StateStart {
  let initial: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let begun: UnsafeMutablePointer<Float>
  let count: Int

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    guard unsafe begun.pointee == 0 else { return }
    unsafe begun.pointee = 1
    unsafe rt_copy(initial, output, count)
  }
}
