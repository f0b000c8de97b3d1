internal import CRealtime

/// `y = W x + b` for one or more vectors in one pass over the weights.
@safe
struct MatrixProduct {
  private let weights: UnsafePointer<Float>
  private let type: ElementType
  private let rows: Int
  private let columns: Int
  private let scratch: UnsafeMutablePointer<Float>

  /// Takes packed weights, and scratch for what the inputs become where the weights are integers.
  init(
    weights: UnsafePointer<Float>, type: ElementType, rows: Int, columns: Int, scratch: UnsafeMutablePointer<Float>
  ) {
    unsafe self.weights = weights
    self.type = type
    self.rows = rows
    self.columns = columns
    unsafe self.scratch = scratch
  }

  /// Multiplies `count` vectors that lie one behind the other, and adds `bias` to each.
  ///
  /// - Parameter apart: From one input to the next; the columns, unless given.
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func apply(
    _ input: UnsafePointer<Float>, count: Int = 1, apart: Int? = nil, bias: UnsafePointer<Float>?,
    to output: UnsafeMutablePointer<Float>
  ) {
    unsafe run(input, count: count, apart: apart ?? columns, bias: bias, stride: 0, output, distance: rows)
  }

  /// Multiplies `count` vectors that lie one behind the other, and adds the products to what `output` holds.
  ///
  /// - Parameter distance: From one vector of the output to the next; the rows, unless given.
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func add(
    _ input: UnsafePointer<Float>, count: Int = 1, to output: UnsafeMutablePointer<Float>, distance: Int? = nil
  ) {
    let distance = distance ?? rows
    unsafe run(
      input, count: count, apart: columns, bias: UnsafePointer(output), stride: distance, output,
      distance: distance)
  }

  @_noLocks @unsafe
  private func run(
    _ input: UnsafePointer<Float>, count: Int, apart: Int, bias: UnsafePointer<Float>?, stride: Int,
    _ output: UnsafeMutablePointer<Float>, distance: Int
  ) {
    switch type {
    case .single:
      unsafe rt_dense(weights, bias, stride, input, apart, output, distance, count, rows, columns)
    case .half:
      let halves = unsafe UnsafeRawPointer(weights).assumingMemoryBound(to: UInt16.self)
      unsafe rt_dense_half(halves, bias, stride, input, apart, output, distance, count, rows, columns)
    case .integer:
      unsafe rt_dense_int8(
        weights, bias, stride, input, apart, output, distance, count, rows, columns, scratch)
    }
  }
}
