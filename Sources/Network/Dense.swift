internal import CRealtime
internal import Realtime

/// A fully connected layer: `y = activation(W x + b)` with `W` of `outputs` rows and `inputs` columns.
///
/// The weights stay where the ``Model`` has them; whoever holds the layer keeps the model alive.
@safe
struct Dense: ~Copyable {
  private let weight: UnsafePointer<Float>
  private let bias: UnsafePointer<Float>
  private let inputs: Int
  private let outputs: Int
  private let activation: Activation
  private let output: SampleBuffer

  /// Prepares the layer `description` whose tensors lie at `weight` and `bias`.
  ///
  /// - Real-time: Not real-time: allocates the output.
  init(_ description: ModelDescription.Layer, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>) {
    unsafe self.weight = weight
    unsafe self.bias = bias
    inputs = description.inputs
    outputs = description.outputs
    activation = description.activation
    output = SampleBuffer(count: description.outputs)
  }

  /// `outputs` floats for the `inputs` floats at `input`; valid until the next step.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func step(_ input: UnsafePointer<Float>) -> UnsafePointer<Float> {
    unsafe rt_matrix_vector(weight, bias, input, output.base, outputs, inputs)
    unsafe activation.apply(output.base, count: outputs)
    return unsafe UnsafePointer(output.base)
  }

  /// Forgets the past, of which this layer has none.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func reset() {}
}
