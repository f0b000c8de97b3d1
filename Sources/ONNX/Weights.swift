/// Numbers of a layer in the making, computed only when they are written: a mad model must not cost memory before it
/// is refused.
struct Weights: Sendable {
  let shape: [Int]
  private let load: @Sendable () -> [Float]

  init(_ shape: [Int], load: @escaping @Sendable () -> [Float]) {
    self.shape = shape
    self.load = load
  }

  /// A tensor of the file as it is, perhaps in another shape.
  init(_ constant: Constant, shape: [Int]? = nil) {
    self.init(shape ?? constant.shape) { constant.reals }
  }

  var count: Int { size(shape) }

  /// All of them, row-major.
  var values: [Float] { load() }

  /// The matrix turned over.
  var transposed: Weights {
    precondition(shape.count == 2)
    let (rows, columns) = (shape[0], shape[1])
    return Weights([columns, rows]) { [load] in
      let values = load()
      return walk([columns, rows], strides: [1, columns]).map { values[$0] }
    }
  }

  /// Every number changed by `change`.
  func map(_ change: @escaping @Sendable (Float) -> Float) -> Weights {
    Weights(shape) { [load] in load().map(change) }
  }

  /// The numbers from `start` on that fill `shape`.
  func part(from start: Int, shape: [Int]) -> Weights {
    let count = size(shape)
    return Weights(shape) { [load] in Array(load()[start..<start + count]) }
  }

  /// This and other weights of the same shape, number by number.
  func combined(with other: Weights, _ combine: @escaping @Sendable (Float, Float) -> Float) -> Weights {
    Weights(shape) { [load] in zip(load(), other.load()).map { combine($0, $1) } }
  }

  /// Rows in blocks of equal size, in another order.
  func blocks(_ order: [Int]) -> Weights {
    let block = count / order.count
    return Weights(shape) { [load] in
      let values = load()
      return order.flatMap { values[$0 * block..<($0 + 1) * block] }
    }
  }
}
