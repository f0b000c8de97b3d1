/// The extents of a tensor, outermost first; the last axis is contiguous.
typealias Shape = [Int]

extension Shape {
  /// How many numbers a tensor of this shape holds; `nil` beyond any that a frame could need.
  var size: Int? {
    var size = 1
    for extent in self {
      guard extent >= 1 else { return nil }
      let (product, overflows) = size.multipliedReportingOverflow(by: extent)
      guard !overflows, product <= Bounds.numbers else { return nil }
      size = product
    }
    return size
  }

  /// How many numbers a tensor of this shape holds, once ``size`` was found to be within bounds.
  var numbers: Int { reduce(1, *) }

  /// The product of the extents before `axis`.
  func outer(_ axis: Int) -> Int { self[..<axis].reduce(1, *) }

  /// The product of the extents behind `axis`.
  func inner(_ axis: Int) -> Int { self[(axis + 1)...].reduce(1, *) }

  /// The distance between neighbours along each axis.
  var strides: [Int] {
    var strides = [Int](repeating: 1, count: self.endIndex)
    for axis in indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * self[axis + 1] }
    return strides
  }
}
