/// A protobuf message in the making, for files that no exporter would write.
struct Proto {
  var bytes: [UInt8] = []

  static func varint(_ value: UInt64) -> [UInt8] {
    var (rest, bytes) = (value, [UInt8]())
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  func field(_ number: Int, _ value: Int) -> Proto {
    Proto(bytes: bytes + Self.varint(UInt64(number) << 3) + Self.varint(UInt64(bitPattern: Int64(value))))
  }

  func field(_ number: Int, _ content: [UInt8]) -> Proto {
    Proto(bytes: bytes + Self.varint(UInt64(number) << 3 | 2) + Self.varint(UInt64(content.count)) + content)
  }

  func field(_ number: Int, _ text: String) -> Proto { field(number, Array(text.utf8)) }

  func field(_ number: Int, _ message: Proto) -> Proto { field(number, message.bytes) }
}

/// Messages of ONNX.
enum ONNXProto {
  static func value(_ name: String, _ shape: [Int], type: Int = 1) -> Proto {
    let dimensions = shape.reduce(Proto()) { $0.field(1, Proto().field(1, $1)) }
    return Proto().field(1, name).field(2, Proto().field(1, Proto().field(1, type).field(2, dimensions)))
  }

  static func node(
    _ kind: String, _ inputs: [String], _ outputs: [String], attributes: [Proto] = [], domain: String = ""
  ) -> Proto {
    var node = inputs.reduce(Proto()) { $0.field(1, $1) }
    node = outputs.reduce(node) { $0.field(2, $1) }.field(3, "the \(kind)").field(4, kind)
    if !domain.isEmpty { node = node.field(7, domain) }
    return attributes.reduce(node) { $0.field(5, $1) }
  }

  static func attribute(_ name: String, _ value: Int) -> Proto { Proto().field(1, name).field(3, value).field(20, 2) }

  static func integers(_ name: String, _ values: [Int]) -> Proto {
    Proto().field(1, values.count).field(2, 7).field(8, name)
      .field(7, values.flatMap { Proto.varint(UInt64(bitPattern: Int64($0))) })
  }

  static func model(
    _ nodes: [Proto], constants: [Proto] = [], inputs: [Proto] = [value("frame", [1, 9])],
    outputs: [Proto] = [value("result", [1, 9])], opset: Int = 13
  ) -> [UInt8] {
    var graph = nodes.reduce(Proto()) { $0.field(1, $1) }
    graph = constants.reduce(graph) { $0.field(5, $1) }
    graph = inputs.reduce(graph) { $0.field(11, $1) }
    graph = outputs.reduce(graph) { $0.field(12, $1) }
    return Proto().field(7, graph).field(8, Proto().field(1, "").field(2, opset)).bytes
  }
}
