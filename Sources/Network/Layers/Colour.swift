/// The spectral colour of a number from 0 to 1 (Fan, Chan, Yang, Jang 2017): three ramps, the first two of width `n`,
/// `r = x / n`, `g = (x − n) / n`, `b = (x − 2n) / (1 − 2n)`, each kept between 0 and 1.
struct ColourForm: LayerForm {
  static let kind = "colour"
  static let keys = ["width"]

  let shape: Shape
  let width: Float

  init(_ reading: LayerReading) throws(ModelError) {
    try reading.require(axes: 1)
    shape = [3] + reading.input
    width = Float(try reading.section.number("width", in: 0.001...0.499, standard: 0.0938))
    try reading.bounded(shape)
  }

  func layers(_ places: LayerPlaces) -> [Layer] {
    [
      unsafe .colour(
        Colour(input: places.inputs[0], output: places.result, count: shape.numbers / 3, width: width, inverse: false))
    ]
  }
}

/// The number of a spectral colour, exactly: `x = n r + n g + (1 − 2n) b`.
struct ColourInverseForm: LayerForm {
  static let kind = "colour-inverse"
  static let keys = ["width"]

  let shape: Shape
  let width: Float

  init(_ reading: LayerReading) throws(ModelError) {
    guard reading.input.first == 3 else { throw reading.inputRefusal(expected: "[3, …], three components") }
    shape = reading.input.dropFirst() + []
    width = Float(try reading.section.number("width", in: 0.001...0.499, standard: 0.0938))
  }

  func layers(_ places: LayerPlaces) -> [Layer] {
    [
      unsafe .colour(
        Colour(input: places.inputs[0], output: places.result, count: shape.numbers, width: width, inverse: true))
    ]
  }
}

/// A running ``ColourForm`` or ``ColourInverseForm``.
@safe
struct Colour {
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let count: Int
  let width: Float
  let inverse: Bool

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    let rest = 1 - 2 * width
    for index in 0..<count {
      let (red, green, blue) = (index, count &+ index, 2 &* count &+ index)
      if inverse {
        unsafe output[index] = width * (input[red] + input[green]) + rest * input[blue]
      } else {
        let x = unsafe input[index]
        unsafe output[red] = kept(x / width)
        unsafe output[green] = kept((x - width) / width)
        unsafe output[blue] = kept((x - 2 * width) / rest)
      }
    }
  }

  @_noLocks
  private func kept(_ x: Float) -> Float { x > 0 ? (x < 1 ? x : 1) : 0 }
}
