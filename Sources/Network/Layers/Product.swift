internal import CRealtime

/// Matrix products of two computed tensors, `[…, m, k]` with `[…, k, n]`: attention, for one.
struct ProductForm: LayerForm {
  static let kind = "product"
  static let sources = 2...2

  let shape: Shape
  let rows: Int
  let inner: Int
  let columns: Int

  init(_ reading: LayerReading) throws(ModelError) {
    let (one, other) = (reading.inputs[0], reading.inputs[1])
    guard one.count >= 2 else { throw reading.inputRefusal(0, expected: "at least 2 axes") }
    guard other.count == one.count, one.dropLast(2) == other.dropLast(2), one[one.count - 1] == other[other.count - 2]
    else { throw reading.inputRefusal(1, expected: "what can be multiplied with \(one)") }
    (rows, inner, columns) = (one[one.count - 2], one[one.count - 1], other[other.count - 1])
    shape = one.dropLast() + [columns]
    try reading.bounded(shape)
  }

  var multiplications: Int { shape.numbers * inner }

  func layers(_ places: LayerPlaces) -> [Layer] {
    [
      unsafe .product(
        Product(
          one: places.inputs[0], other: places.inputs[1], output: places.result,
          matrices: shape.numbers / (rows * columns), rows: rows, inner: inner, columns: columns))
    ]
  }
}

/// A running ``ProductForm``.
@safe
struct Product {
  let one: UnsafePointer<Float>
  let other: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let matrices: Int
  let rows: Int
  let inner: Int
  let columns: Int

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    unsafe rt_clear(output, matrices &* rows &* columns)
    for row in 0..<matrices &* rows {
      let matrix = unsafe other + (row / rows) &* inner &* columns
      for index in 0..<inner {
        unsafe rt_add_scaled(matrix + index &* columns, one[row &* inner &+ index], output + row &* columns, columns)
      }
    }
  }
}
