/// Reads the messages of an ONNX file; no message is read inside one of its own kind, so nothing recurses.
///
/// The limits keep what is held in memory small, whatever the file says.
struct MessageReader {
  static let nodeLimit = 1 << 14
  static let nameLimit = 1 << 19
  static let listLimit = 1 << 16
  static let rankLimit = 8

  typealias Damage = WireReader.Damage

  let bytes: FileBytes
  /// Names and numbers in lists that may still be read.
  private var room = MessageReader.nameLimit

  init(_ bytes: FileBytes) { self.bytes = bytes }

  /// The whole file as a model.
  mutating func model() throws(Damage) -> ModelMessage {
    var model = ModelMessage()
    var reader = WireReader(bytes, 0..<bytes.count)
    var program = ""
    var version = ""
    while let (number, payload) = try reader.next() {
      switch (number, payload) {
      case (2, .bytes(let range)): program = try text(range)
      case (3, .bytes(let range)): version = try text(range)
      case (7, .bytes(let range)):
        guard !model.hasGraph else { throw damage(range, "a second graph", "one") }
        model.graph = try graph(range)
        model.hasGraph = true
      case (8, .bytes(let range)): try operatorSet(range, into: &model)
      case (25, .bytes): model.functions += 1
      default: break
      }
    }
    model.producer = version.isEmpty ? program : "\(program) \(version)"
    guard model.hasGraph else { throw damage(0..<0, "no graph", "an ONNX model") }
    return model
  }

  private mutating func operatorSet(_ range: Range<Int>, into model: inout ModelMessage) throws(Damage) {
    var reader = WireReader(bytes, range)
    var domain = ""
    var version = 0
    while let (number, payload) = try reader.next() {
      switch (number, payload) {
      case (1, .bytes(let range)): domain = try text(range)
      case (2, _): version = payload.integer ?? 0
      default: break
      }
    }
    if domain.isEmpty || domain == "ai.onnx" {
      model.opset = version
    } else {
      try take(1, range)
      model.foreignSets.append(domain)
    }
  }

  private mutating func graph(_ range: Range<Int>) throws(Damage) -> GraphMessage {
    var graph = GraphMessage()
    var reader = WireReader(bytes, range)
    while let (number, payload) = try reader.next() {
      guard let range = payload.range else { continue }
      switch number {
      case 1: graph.nodes.append(try node(range))
      case 5: graph.constants.append(try tensor(range))
      case 11: graph.inputs.append(try value(range))
      case 12: graph.outputs.append(try value(range))
      case 13: graph.values.append(try value(range))
      case 15: graph.sparse += 1
      default: break
      }
      let most = max(graph.nodes.count, graph.constants.count, graph.inputs.count, graph.outputs.count)
      guard max(most, graph.values.count) <= Self.nodeLimit else {
        throw damage(range, "more than \(Self.nodeLimit) nodes or tensors", "fewer")
      }
    }
    return graph
  }

  private mutating func node(_ range: Range<Int>) throws(Damage) -> NodeMessage {
    var node = NodeMessage()
    var reader = WireReader(bytes, range)
    while let (number, payload) = try reader.next() {
      guard let range = payload.range else { continue }
      switch number {
      case 1: node.inputs.append(try text(range))
      case 2: node.outputs.append(try text(range))
      case 3: node.name = try text(range)
      case 4: node.kind = try text(range)
      case 5:
        let (name, value) = try attribute(range)
        node.attributes[name] = value
      case 7: node.domain = try text(range)
      default: break
      }
    }
    return node
  }

  private mutating func attribute(_ range: Range<Int>) throws(Damage) -> (String, AttributeMessage) {
    var name = ""
    var type = 0
    var single: AttributeMessage?
    var integers: [Int] = []
    var reals: [Float] = []
    var texts: [String] = []
    var reader = WireReader(bytes, range)
    while let (number, payload) = try reader.next() {
      switch (number, payload) {
      case (1, .bytes(let range)): name = try text(range)
      case (20, _): type = payload.integer ?? 0
      case (2, .fixed32(let bits)): single = .real(Float(bitPattern: bits))
      case (3, .varint): single = payload.integer.map { .integer($0) }
      case (4, .bytes(let range)): single = .text(try text(range))
      case (5, .bytes(let range)): single = .tensor(try tensor(range))
      case (7, .fixed32(let bits)):
        try take(1, range)
        reals.append(Float(bitPattern: bits))
      case (7, .bytes(let range)):
        try take(range.count / 4, range)
        reals += stride(from: range.lowerBound, to: range.upperBound - 3, by: 4).map { offset in
          Float(bitPattern: bytes.number(UInt32.self, at: offset))
        }
      case (8, .varint):
        try take(1, range)
        integers.append(payload.integer ?? 0)
      case (8, .bytes(let range)): integers += try self.integers(range)
      case (9, .bytes(let range)): texts.append(try text(range))
      default: break
      }
    }
    switch type {
    case 1: return (name, single ?? .real(0))
    case 2: return (name, single ?? .integer(0))
    case 3: return (name, single ?? .text(""))
    case 4: return (name, single ?? .foreign)
    case 6: return (name, .reals(reals))
    case 7: return (name, .integers(integers))
    case 8: return (name, .texts(texts))
    default: return (name, .foreign)
    }
  }

  private mutating func tensor(_ range: Range<Int>) throws(Damage) -> TensorMessage {
    var tensor = TensorMessage()
    var reader = WireReader(bytes, range)
    while let (number, payload) = try reader.next() {
      switch (number, payload) {
      case (1, .varint): tensor.shape.append(payload.integer ?? 0)
      case (1, .bytes(let range)): tensor.shape += try integers(range)
      case (2, .varint): tensor.type = payload.integer ?? 0
      case (8, .bytes(let range)): tensor.name = try text(range)
      case (9, .bytes(let range)): try hold(range, .raw, in: &tensor)
      case (4, .bytes(let range)), (10, .bytes(let range)): try hold(range, .fixed, in: &tensor)
      case (5, .bytes(let range)), (7, .bytes(let range)), (11, .bytes(let range)):
        try hold(range, .varint, in: &tensor)
      case (4, _), (5, _), (7, _), (10, _), (11, _): throw damage(range, "unpacked numbers", "packed ones")
      case (13, .bytes): tensor.isExternal = true
      case (14, _): tensor.isExternal = tensor.isExternal || payload.integer == 1
      default: break
      }
      guard tensor.shape.count <= Self.rankLimit else {
        throw damage(range, "a tensor of more than \(Self.rankLimit) axes", "at most \(Self.rankLimit)")
      }
    }
    return tensor
  }

  private func hold(
    _ range: Range<Int>, _ packing: TensorMessage.Packing, in tensor: inout TensorMessage
  ) throws(Damage) {
    // An empty list beside the one that counts is how some exporters write "no such data".
    guard !range.isEmpty || tensor.data == nil else { return }
    guard tensor.data == nil || tensor.data?.isEmpty == true else {
      throw damage(range, "a tensor whose numbers are given twice", "once")
    }
    tensor.data = range
    tensor.packing = packing
  }

  private mutating func value(_ range: Range<Int>) throws(Damage) -> ValueMessage {
    var value = ValueMessage()
    var reader = WireReader(bytes, range)
    while let (number, payload) = try reader.next() {
      switch (number, payload) {
      case (1, .bytes(let range)): value.name = try text(range)
      case (2, .bytes(let range)): try type(range, into: &value)
      default: break
      }
    }
    return value
  }

  /// `TypeProto` and the `TypeProto.Tensor` in it.
  private mutating func type(_ range: Range<Int>, into value: inout ValueMessage) throws(Damage) {
    var outer = WireReader(bytes, range)
    while let (number, payload) = try outer.next() {
      guard number == 1, let range = payload.range else { continue }
      var inner = WireReader(bytes, range)
      while let (number, payload) = try inner.next() {
        switch (number, payload) {
        case (1, .varint): value.type = payload.integer ?? 0
        case (2, .bytes(let range)): value.shape = try shape(range)
        default: break
        }
      }
    }
  }

  /// `TensorShapeProto`.
  private mutating func shape(_ range: Range<Int>) throws(Damage) -> [ValueMessage.Dimension] {
    var shape: [ValueMessage.Dimension] = []
    var outer = WireReader(bytes, range)
    while let (number, payload) = try outer.next() {
      guard number == 1, let range = payload.range else { continue }
      var dimension = ValueMessage.Dimension.symbol("")
      var inner = WireReader(bytes, range)
      while let (number, payload) = try inner.next() {
        switch (number, payload) {
        case (1, .varint): dimension = .extent(payload.integer ?? 0)
        case (2, .bytes(let range)): dimension = .symbol(try text(range))
        default: break
        }
      }
      shape.append(dimension)
      guard shape.count <= Self.rankLimit else {
        throw damage(range, "a tensor of more than \(Self.rankLimit) axes", "at most \(Self.rankLimit)")
      }
    }
    return shape
  }

  private mutating func integers(_ range: Range<Int>) throws(Damage) -> [Int] {
    var reader = WireReader(bytes, range)
    var numbers: [Int] = []
    while reader.position < range.upperBound {
      try take(1, range)
      numbers.append(Int(Int64(bitPattern: try reader.varint())))
    }
    return numbers
  }

  private mutating func text(_ range: Range<Int>) throws(Damage) -> String {
    try take(1, range)
    guard range.count <= Self.listLimit, let text = bytes.text(range) else {
      throw damage(range, "a text that is not UTF-8 or too long", "a name")
    }
    return text
  }

  /// Counts what is held against the limit.
  private mutating func take(_ count: Int, _ range: Range<Int>) throws(Damage) {
    room -= count
    guard room >= 0 else {
      throw damage(range, "more than \(Self.nameLimit) names and numbers in lists", "a model of this world")
    }
  }

  private func damage(_ range: Range<Int>, _ found: String, _ expected: String) -> Damage {
    Damage(position: range.lowerBound, found: found, expected: expected)
  }
}
