internal import CRealtime

/// A weight matrix as a layer's form knows it: rows × columns, kept as the file says, in one or more parts.
struct MatrixForm: Sendable {
  /// The last part of the tensor's name.
  let name: String
  /// The tensor's shape in the file.
  let shape: Shape
  let columns: Int
  let type: ElementType
  /// Runs of rows that are multiplied with vectors of their own.
  let parts: [Range<Int>]

  var rows: Int { parts[0].count * (shape.count == 3 ? 1 : parts.count) }

  /// Reads the shape of the tensor `name` of `reading`, which must have `columns` columns, and `rows` rows if given.
  ///
  /// - Parameters:
  ///   - cuts: Rows at which another part begins.
  ///   - stack: With 3, the tensor is that many matrices one behind the other.
  init(
    _ name: String, of reading: LayerReading, columns: Int, rows: Int? = nil, cuts: [Int] = [], stack: Int = 1
  ) throws(ModelError) {
    self.name = name
    self.columns = columns
    type = try reading.weights()
    shape = try reading.shape(of: name, axes: stack == 1 ? 2 : 3)
    let found = shape[shape.count - 2]
    guard shape[shape.count - 1] == columns, rows == nil || rows == found, stack == 1 || shape[0] == stack else {
      let expected = rows.map { "\($0)" } ?? "rows"
      throw reading.refusal(
        name, found: "shape \(shape)", expected: "[\(stack == 1 ? "" : "\(stack), ")\(expected), \(columns)]")
    }
    if stack > 1 {
      parts = (0..<stack).map { $0 * found..<($0 + 1) * found }
    } else {
      let edges = [0] + cuts + [found]
      parts = zip(edges, edges.dropFirst()).map { $0..<$1 }
    }
  }
}

extension MatrixForm {
  /// What the file must hold: the matrix, and a scale a row where it is kept as integers.
  var tensors: [TensorNeed] {
    [TensorNeed(name: name, shape: shape, type: type)]
      + (type == .integer ? [TensorNeed(name: "\(name).scale", shape: shape.dropLast())] : [])
  }

  /// How many blocks ``packed(_:)`` gives.
  var blocks: Int { parts.count }

  /// Floats of scratch that a product with `inputs` vectors needs.
  func scratch(inputs: Int) -> Int { type == .integer ? (rt_dense_int8_scratch(inputs, columns) + 3) / 4 : 0 }

  /// The parts in the order in which the kernels read them, from the first of `blocks`, which are as ``tensors``.
  func packed(_ blocks: [WeightBlock]) -> [WeightBlock] {
    parts.map { part in
      let start = part.lowerBound * columns
      switch type {
      case .single:
        let packed = WeightBlock(bytes: rt_dense_size(part.count, columns))
        unsafe rt_dense_pack(blocks[0].floats + start, part.count, columns, packed.floats)
        return packed
      case .half:
        let packed = WeightBlock(bytes: rt_dense_half_size(part.count, columns))
        let source = unsafe blocks[0].memory.assumingMemoryBound(to: UInt16.self)
        unsafe rt_dense_half_pack(
          source + start, part.count, columns, packed.memory.assumingMemoryBound(to: UInt16.self))
        return packed
      case .integer:
        let packed = WeightBlock(bytes: rt_dense_int8_size(part.count, columns))
        let source = unsafe blocks[0].memory.assumingMemoryBound(to: Int8.self)
        unsafe rt_dense_int8_pack(
          source + start, blocks[1].floats + part.lowerBound, part.count, columns, packed.memory)
        return packed
      }
    }
  }

  /// The running product with one part, whose blocks begin at `first` among `weights`.
  func product(
    _ weights: [UnsafePointer<Float>], first: Int = 0, part: Int = 0, scratch: UnsafeMutablePointer<Float>
  ) -> MatrixProduct {
    unsafe MatrixProduct(
      weights: weights[first + part], type: type, rows: parts[part].count, columns: columns, scratch: scratch)
  }
}
