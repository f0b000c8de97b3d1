internal import CRealtime

/// What a layer does to each of its outputs.
public enum Activation: String, Sendable, Encodable, CaseIterable {
  /// `x`.
  case linear
  /// `1 / (1 + e^-x)`.
  case sigmoid
  /// `tanh x`.
  case tanh
  /// `max(0, x)`.
  case relu

  /// Applies itself to `count` values in place.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  func apply(_ values: UnsafeMutablePointer<Float>, count: Int) {
    switch self {
    case .linear: break
    case .sigmoid: unsafe rt_sigmoid(values, count)
    case .tanh: unsafe rt_tanh(values, count)
    case .relu: unsafe rt_relu(values, count)
    }
  }
}
