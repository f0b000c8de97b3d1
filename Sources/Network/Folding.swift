/// Lets a layer do at load what a following one would do at run time.
///
/// A batch normalisation is a scale and a shift a channel, which weights and bias can take over; an activation, a pass
/// over numbers that the layer before has at hand. Only where nobody else reads what lies between.
struct Folding {
  /// The layers as they will run.
  private(set) var layers: [ModelDescription.Layer]
  /// Their tensors, not packed yet.
  private(set) var tensors: [[WeightBlock]]

  /// Folds what can be folded of `layers`, whose tensors have been read.
  init(_ layers: [ModelDescription.Layer], tensors: [[WeightBlock]]) {
    self.layers = layers
    self.tensors = tensors
    let readers = Self.readers(layers)
    for index in layers.indices {
      guard case .result(let source)? = layers[index].sources.first, layers[index].sources.count == 1 else { continue }
      let base = origin(of: source)
      guard readers[source] == 1, base == source || readers[base] == 1, layers[index].schedule == layers[base].schedule
      else {
        continue
      }
      fold(index, into: base)
    }
  }

  /// How many layers read each result, as an input or to keep it for the next frame; the last one is read from outside.
  static func readers(_ layers: [ModelDescription.Layer]) -> [Int] {
    var readers = [Int](repeating: 0, count: layers.count)
    readers[layers.count - 1] += 1
    let places = Dictionary(uniqueKeysWithValues: layers.enumerated().map { ($0.element.name, $0.offset) })
    for layer in layers {
      for case .result(let source) in layer.sources { readers[source] += 1 }
      if let update = layer.form.update, let source = places[update] { readers[source] += 1 }
    }
    return readers
  }

  /// The layer that really gives the result of `index`, once what was folded away is passed over.
  private func origin(of index: Int) -> Int {
    var index = index
    while layers[index].form is FoldedForm, case .result(let source)? = layers[index].sources.first { index = source }
    return index
  }

  private mutating func fold(_ index: Int, into base: Int) {
    guard let target = layers[base].form as? any FoldingForm, target.activation.kind == .linear else { return }
    if let normalisation = layers[index].form as? BatchNormalisationForm {
      let blocks = normalisation.packed(tensors[index])
      guard
        let (form, weights) = target.folded(
          scale: blocks[0].numbers, shift: blocks[1].numbers, axis: normalisation.axis, tensors: tensors[base])
      else { return }
      layers[base] = layers[base].with(form)
      tensors[base] = weights
    } else if let function = layers[index].form as? ActivationForm, let activation = function.activation {
      layers[base] = layers[base].with(target.activated(activation))
    } else {
      return
    }
    layers[index] = layers[index].with(FoldedForm(shape: layers[index].shape))
    tensors[index] = []
  }
}

/// A layer that can take over a scale and a shift a channel, and an activation.
protocol FoldingForm: LayerForm {
  var activation: Activation { get }
  /// The layer with `activation` behind it.
  func activated(_ activation: Activation) -> Self
  /// The layer and its tensors with a scale and a shift behind each place along `axis` of its result; `nil` if it
  /// cannot take them.
  func folded(scale: [Float], shift: [Float], axis: Int, tensors: [WeightBlock]) -> (Self, [WeightBlock])?
}

/// A layer that has been folded into another: its result lies where its input lies.
struct FoldedForm: LayerForm {
  static let kind = "folded"
  let shape: Shape
  let placement = Placement.input

  init(shape: Shape) { self.shape = shape }
  init(_ reading: LayerReading) throws(ModelError) { shape = reading.input }
  func streamed(_ count: Int) -> (any LayerForm)? { FoldedForm(shape: [count] + shape) }
  func layers(_ places: LayerPlaces) -> [Layer] { [] }
}

extension ModelDescription.Layer {
  /// The same layer in another form.
  func with(_ form: any LayerForm) -> ModelDescription.Layer {
    ModelDescription.Layer(
      kind: kind, name: name, shape: shape, parameters: parameters, form: form, sources: sources, schedule: schedule)
  }
}

extension ActivationForm {
  /// The function as an activation that other layers know.
  fileprivate var activation: Activation? {
    switch function {
    case .linear: Activation(kind: .linear, slope: 0)
    case .relu: Activation(kind: .relu, slope: 0)
    case .leakyReLU: Activation(kind: .leakyReLU, slope: slope)
    case .sigmoid: Activation(kind: .sigmoid, slope: 0)
    case .tanh: Activation(kind: .tanh, slope: 0)
    case .absolute: Activation(kind: .absolute, slope: 0)
    default: nil
    }
  }
}

/// The bias that a layer has, or zeros, after a scale and a shift.
func foldedBias(_ bias: WeightBlock?, scale: [Float], shift: [Float]) -> WeightBlock {
  let numbers = bias?.numbers ?? [Float](repeating: 0, count: scale.count)
  return WeightBlock(zip(zip(numbers, scale), shift).map { $0.0 * $0.1 + $1 })
}
