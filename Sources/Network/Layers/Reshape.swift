/// The same numbers under another shape: nothing to do at run time.
struct ReshapeForm: LayerForm {
  static let kind = "reshape"
  static let keys = ["shape"]

  let shape: Shape
  let placement = Placement.input

  init(_ reading: LayerReading) throws(ModelError) {
    var shape = try reading.integers("shape", count: 0...Bounds.axes, in: -1...Bounds.numbers)
    let open = shape.indices.filter { shape[$0] == -1 }
    let rest = shape.filter { $0 != -1 }
    if open.count == 1, let size = rest.size, reading.input.numbers.isMultiple(of: size) {
      shape[open[0]] = reading.input.numbers / size
    }
    guard shape.size == reading.input.numbers else {
      throw reading.section.refusal("shape", expected: "\(reading.input.numbers) numbers in all, as \(reading.input)")
    }
    self.shape = shape
  }

  func streamed(_ count: Int) -> (any LayerForm)? { FoldedForm(shape: [count] + shape) }
  func layers(_ places: LayerPlaces) -> [Layer] { [] }
}
