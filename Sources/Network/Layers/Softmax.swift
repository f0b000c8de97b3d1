internal import CRealtime

/// `eˣ` over its sum along the last axis.
struct SoftmaxForm: LayerForm {
  static let kind = "softmax"

  let shape: Shape

  init(_ reading: LayerReading) throws(ModelError) {
    try reading.require(axes: 1)
    shape = reading.input
  }

  func layers(_ places: LayerPlaces) -> [Layer] {
    let width = shape[shape.count - 1]
    return [
      unsafe .softmax(
        Softmax(input: places.inputs[0], output: places.result, rows: shape.numbers / width, width: width))
    ]
  }
}

/// A running ``SoftmaxForm``.
@safe
struct Softmax {
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let rows: Int
  let width: Int

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    unsafe rt_copy(input, output, rows &* width)
    for row in 0..<rows { unsafe rt_softmax(output + row &* width, width) }
  }
}
