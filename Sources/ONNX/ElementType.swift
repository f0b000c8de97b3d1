/// The type of a tensor's elements, by its number in `TensorProto.DataType`.
enum ElementType: Int {
  case float = 1
  case uint8 = 2
  case int8 = 3
  case uint16 = 4
  case int16 = 5
  case int32 = 6
  case int64 = 7
  case bool = 9
  case half = 10
  case double = 11
  case uint32 = 12
  case uint64 = 13
  case brainFloat = 16

  /// True for numbers that are not counted.
  var isReal: Bool {
    switch self {
    case .float, .half, .double, .brainFloat: true
    default: false
    }
  }

  /// Bytes an element in `raw_data`.
  var size: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16, .half, .brainFloat: 2
    case .float, .int32, .uint32: 4
    case .int64, .double, .uint64: 8
    }
  }
}
