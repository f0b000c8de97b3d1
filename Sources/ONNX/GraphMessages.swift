/// What of a `ModelProto` matters here.
struct ModelMessage {
  /// Program and version that wrote the file, as it says.
  var producer = ""
  /// Version of the standard operators.
  var opset = 0
  /// Operator sets that are not the standard's.
  var foreignSets: [String] = []
  var graph = GraphMessage()
  var hasGraph = false
  var functions = 0
}

/// What of a `GraphProto` matters here.
struct GraphMessage {
  var nodes: [NodeMessage] = []
  var constants: [TensorMessage] = []
  var inputs: [ValueMessage] = []
  var outputs: [ValueMessage] = []
  /// Shapes that the exporter found; only consulted behind a node that cannot be translated.
  var values: [ValueMessage] = []
  var sparse = 0
}

/// A `NodeProto`.
struct NodeMessage {
  var kind = ""
  var domain = ""
  var name = ""
  /// Empty names stand for what is not given.
  var inputs: [String] = []
  var outputs: [String] = []
  var attributes: [String: AttributeMessage] = [:]

  /// What an error calls it.
  var label: String { name.isEmpty ? outputs.first { !$0.isEmpty } ?? "" : name }
}

/// An `AttributeProto`'s value.
enum AttributeMessage {
  case integer(Int)
  case real(Float)
  case text(String)
  case integers([Int])
  case reals([Float])
  case texts([String])
  case tensor(TensorMessage)
  /// A graph inside the graph, or something else that no supported operator has.
  case foreign
}

/// A `TensorProto`: its numbers stay in the file until somebody wants them.
struct TensorMessage {
  var name = ""
  var type = 0
  var shape: [Int] = []
  /// Where the numbers lie, and how.
  var data: Range<Int>?
  var packing: Packing = .raw
  var isExternal = false

  /// How numbers are laid down in the file.
  enum Packing {
    /// Little-endian, in their own size.
    case raw
    /// `float_data`, `double_data`: the same, though the element's type may be another.
    case fixed
    /// `int32_data`, `int64_data`, `uint64_data`.
    case varint
  }
}

/// A `ValueInfoProto`: a tensor that goes in or out.
struct ValueMessage {
  var name = ""
  var type = 0
  /// Nothing if the file does not say.
  var shape: [Dimension]?

  /// An axis: of known extent, or of one that is only named.
  enum Dimension: Equatable {
    case extent(Int)
    case symbol(String)
  }
}
