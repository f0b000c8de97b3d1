/// How many numbers a tensor of this shape has, or nothing if they cannot be counted.
///
/// That is so where an axis is negative, or the others together are beyond any memory; an empty axis does not hide
/// those, since parts of the shape are multiplied, too.
func countable(_ shape: [Int]) -> Int? {
  var product = 1
  for extent in shape {
    let (next, overflows) = product.multipliedReportingOverflow(by: Swift.max(extent, 1))
    guard !overflows, extent >= 0, next <= 1 << 48 else { return nil }
    product = next
  }
  return shape.contains(0) ? 0 : product
}

/// Numbers in a tensor whose shape was checked before.
func size(_ shape: some Sequence<Int>) -> Int { shape.reduce(1, *) }

extension [Int] {
  /// The shape without its axes of one.
  var squeezed: [Int] { filter { $0 != 1 } }

  /// How many numbers lie between neighbours along each axis.
  var strides: [Int] {
    var strides = self
    var step = 1
    for axis in indices.reversed() {
      strides[axis] = step
      step *= self[axis]
    }
    return strides
  }

  /// The shape with axes of one before it, up to `rank` axes.
  func padded(to rank: Int) -> [Int] { Array(repeating: 1, count: Swift.max(0, rank - count)) + self }

  /// This and another shape stretched to each other, by the rule of NumPy and ONNX.
  func broadcast(with other: [Int]) -> [Int]? {
    let rank = Swift.max(count, other.count)
    var shape: [Int] = []
    for (one, another) in zip(padded(to: rank), other.padded(to: rank)) {
      guard one == another || one == 1 || another == 1 else { return nil }
      shape.append(one == 1 ? another : one)
    }
    return shape
  }
}

/// `axis` counted from the front, for a tensor of `rank` axes.
func normalised(_ axis: Int, rank: Int) throws(Refusal) -> Int {
  guard axis >= -rank, axis < rank else { throw Refusal("axis \(axis) of \(rank)", expected: "an axis that is there") }
  return axis < 0 ? axis + rank : axis
}

/// Several axes, each once, in order.
func normalised(_ axes: [Int], rank: Int) throws(Refusal) -> [Int] {
  var all: [Int] = []
  for axis in axes { all.append(try normalised(axis, rank: rank)) }
  guard Set(all).count == all.count else { throw Refusal("axes \(axes)", expected: "each axis once") }
  return all.sorted()
}

/// For every number of a tensor of shape `extents`, in order, `offset` plus its coordinates times `strides`.
func walk(_ extents: [Int], strides: [Int], offset: Int = 0) -> [Int] {
  var places = [offset]
  places.reserveCapacity(size(extents))
  for (extent, stride) in zip(extents, strides) {
    guard extent != 1 else { continue }
    places = places.flatMap { place in (0..<extent).map { place + $0 * stride } }
  }
  return places
}
