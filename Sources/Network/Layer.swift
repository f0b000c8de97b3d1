/// A running layer of any kind: a view on the memory of a ``NetworkGraph``, which keeps its state there.
enum Layer {
  case dense(Dense)
  case vector(Vector)
  case recurrent(Recurrent)
  case gru(GRU)
  case lstm(LSTM)
  case convolution(Convolution)
  case history(History)
  case unrolling(Unrolling)
  case layerNormalisation(LayerNormalisation)
  case affine(Affine)
  case activation(FunctionLayer)
  case arithmetic(Arithmetic)
  case reduction(Reduction)
  case softmax(Softmax)
  case product(Product)
  case rearrangement(Rearrangement)
  case copy(Copy)
  case colour(Colour)
  case start(StateStart)

  /// Takes one frame from the layer's inputs to its result.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    switch self {
    case .dense(let layer): layer.step()
    case .vector(let layer): layer.step()
    case .recurrent(let layer): layer.step()
    case .gru(let layer): layer.step()
    case .lstm(let layer): layer.step()
    case .convolution(let layer): layer.step()
    case .history(let layer): layer.step()
    case .unrolling(let layer): layer.step()
    case .layerNormalisation(let layer): layer.step()
    case .affine(let layer): layer.step()
    case .activation(let layer): layer.step()
    case .arithmetic(let layer): layer.step()
    case .reduction(let layer): layer.step()
    case .softmax(let layer): layer.step()
    case .product(let layer): layer.step()
    case .rearrangement(let layer): layer.step()
    case .copy(let layer): layer.step()
    case .colour(let layer): layer.step()
    case .start(let layer): layer.step()
    }
  }
}
