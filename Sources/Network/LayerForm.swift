/// What a weights file says about one layer, checked, and how to make the running layer from it.
///
/// A new kind of layer is one file with its form and its running half, a line in ``LayerForms`` and a case in ``Layer``.
protocol LayerForm: Sendable {
  /// What the file calls it.
  static var kind: String { get }
  /// The keys it may have beside `kind`, `name` and `from`.
  static var keys: [String] { get }
  /// How many results of other layers it takes.
  static var sources: ClosedRange<Int> { get }

  /// Reads the keys and checks them, the inputs' shapes and the tensors' shapes against each other.
  init(_ reading: LayerReading) throws(ModelError)

  /// The shape of the result.
  var shape: Shape { get }
  /// Where the result lies.
  var placement: Placement { get }
  /// The tensors that it owns, by the last part of their names.
  var tensors: [TensorNeed] { get }
  /// What it remembers from frame to frame and lets others read, by the last part of the name.
  var states: [(name: String, shape: Shape)] { get }
  /// Floats of working memory behind the states.
  var memory: Int { get }
  /// The layer whose result it takes over after each frame.
  var update: String? { get }
  /// Multiplications a frame.
  var multiplications: Int { get }
  /// What else takes time by more than the numbers that go in and come out, counted as multiplications.
  var moves: Int { get }

  /// The form whose products are of these, where it has any.
  func multiplying(_ products: Products) -> any LayerForm

  /// The form for `count` streams that share the weights, one behind the other along a new first axis; `nil` where the
  /// layer cannot take them together.
  func streamed(_ count: Int) -> (any LayerForm)?

  /// Numbers that ``packed(_:)`` adds to the tensors, so that they fill the kernels' registers.
  var padding: Int { get }
  /// Brings the tensors, in the order of ``tensors``, into the form in which the running layer reads them.
  func packed(_ tensors: [WeightBlock]) -> [WeightBlock]
  /// The running layers, most often one.
  func layers(_ places: LayerPlaces) -> [Layer]
}

/// Where the result of a layer lies.
enum Placement: Sendable, Equatable {
  /// In a place of its own.
  case own
  /// Where its only input lies: the same numbers under another shape.
  case input
  /// Where its first tensor lies.
  case tensor
}

/// A tensor that a layer owns.
struct TensorNeed: Sendable {
  /// The last part of its name, behind the layer's.
  var name: String
  var shape: Shape
  var type = ElementType.single
  /// Whether it counts as a parameter: what was measured on training data does not.
  var isTrained = true
  /// Whether the layer wants it in single precision, whatever the file has.
  var isWidened = false
}

/// How the numbers of a tensor are kept.
enum ElementType: String, Sendable {
  case single = "F32"
  case half = "F16"
  case integer = "I8"

  /// Bytes a number.
  var size: Int {
    switch self {
    case .single: 4
    case .half: 2
    case .integer: 1
    }
  }
}

/// Where a running layer finds its inputs, weights and memory, all of which outlive it.
@safe
struct LayerPlaces {
  let inputs: [UnsafePointer<Float>]
  let result: UnsafeMutablePointer<Float>
  /// Floats from one part of a history's result to the next, where the parts do not lie together.
  let distance: Int?
  /// The states, each from a multiple of 16 floats on, then the working memory; zeros at first.
  let memory: UnsafeMutablePointer<Float>
  /// What ``LayerForm/packed(_:)`` gave, and how many bytes of it.
  let weights: [UnsafePointer<Float>]
  let sizes: [Int]
}

extension LayerForm {
  static var keys: [String] { [] }
  static var sources: ClosedRange<Int> { 1...1 }
  var placement: Placement { .own }
  var tensors: [TensorNeed] { [] }
  var states: [(name: String, shape: Shape)] { [] }
  var memory: Int { 0 }
  var update: String? { nil }
  var multiplications: Int { 0 }
  var moves: Int { 0 }
  var padding: Int { 0 }
  func packed(_ tensors: [WeightBlock]) -> [WeightBlock] { tensors }
}

/// All kinds of layers.
enum LayerForms {
  static let all: [any LayerForm.Type] = [
    DenseForm.self, VectorForm.self, RecurrentForm.self, GRUForm.self, LSTMForm.self, ConvolutionForm.self,
    TransposedConvolutionForm.self, HistoryForm.self, UnrollForm.self, LayerNormalisationForm.self,
    BatchNormalisationForm.self,
    AffineForm.self, ActivationForm.self, ArithmeticForm.self, ConstantForm.self, ReduceForm.self, SoftmaxForm.self,
    ProductForm.self, ReshapeForm.self, PermuteForm.self, SliceForm.self, GatherForm.self, ConcatenateForm.self,
    PadForm.self, ExpandForm.self, ColourForm.self, ColourInverseForm.self, StateForm.self,
  ]

  static func of(kind: String) -> (any LayerForm.Type)? { all.first { $0.kind == kind } }
}

/// The next multiple of 64 bytes, in floats.
func aligned(_ count: Int) -> Int { (count + 15) / 16 * 16 }
