internal import CRealtime

/// Looks for weights with which no network could work.
struct WeightCheck {
  private let block: WeightBlock
  private let type: ElementType

  init(_ block: WeightBlock, type: ElementType) {
    self.block = block
    self.type = type
  }

  /// Refuses what is not finite, and a tensor of denormals: the engine takes those for zeros, so that such a network
  /// would do something else than it was trained for.
  func check(_ name: String, shape: Shape, file: String) throws(ModelError) {
    guard let numbers else { return }
    let count = shape.numbers
    let odd = unsafe rt_first_not_finite(numbers.floats, count)
    guard odd == count else {
      let value = unsafe numbers.floats[odd]
      throw .refused(
        file: file, place: "\(name)[\(Self.index(odd, shape))]", found: "\(value)", expected: "a finite number")
    }
    var denormal = 0
    for index in 0..<count where unsafe numbers.floats[index].isSubnormal { denormal += 1 }
    guard denormal * 10 <= count else {
      throw .refused(
        file: file, place: name, found: "\(denormal) denormal numbers of \(count)",
        expected: "weights that a processor takes for other than zero")
    }
  }

  /// The weights as floats; integers are always finite.
  private var numbers: WeightBlock? {
    switch type {
    case .single: return block
    case .half: return WeightBlock(widening: block)
    case .integer: return nil
    }
  }

  /// Where the `place`-th number of a tensor stands: `3, 17` in a matrix.
  private static func index(_ place: Int, _ shape: Shape) -> String {
    zip(shape, shape.strides).map { "\(place / $1 % $0)" }.joined(separator: ", ")
  }
}
