internal import CRealtime

/// What a layer does to each of its outputs.
struct Activation: Sendable {
  /// What the file calls it.
  enum Kind: String, Sendable, CaseIterable {
    /// `x`.
    case linear
    /// `max(0, x)`.
    case relu
    /// `1 / (1 + e^-x)`.
    case sigmoid
    /// `tanh x`.
    case tanh
    /// `|x|`.
    case absolute
    /// `x`, below 0 times the slope.
    case leakyReLU = "leaky-relu"
  }

  let kind: Kind
  let slope: Float

  /// Applies itself to `count` values in place.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func apply(_ values: UnsafeMutablePointer<Float>, count: Int) {
    switch kind {
    case .linear: break
    case .relu: unsafe rt_relu(values, count)
    case .sigmoid: unsafe rt_sigmoid(values, count)
    case .tanh: unsafe rt_tanh(values, count)
    case .absolute: unsafe rt_absolute(values, count)
    case .leakyReLU: unsafe rt_leaky_relu(values, slope, count)
    }
  }
}
