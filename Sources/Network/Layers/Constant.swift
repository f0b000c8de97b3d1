/// A tensor of the file as it stands.
struct ConstantForm: LayerForm {
  static let kind = "constant"
  static let sources = 0...0

  let shape: Shape
  let placement = Placement.tensor

  init(_ reading: LayerReading) throws(ModelError) {
    guard let shape = reading.optionalShape(of: "value") else {
      throw reading.refusal("value", found: "no such tensor", expected: "one")
    }
    self.shape = shape
    try reading.bounded(shape)
  }

  var tensors: [TensorNeed] { [TensorNeed(name: "value", shape: shape)] }
  func layers(_ places: LayerPlaces) -> [Layer] { [] }
}
