public import Text

/// A model that was read from an ONNX file, in the terms of our weights file.
public struct ImportedModel: Sendable {
  /// Numbers of a layer.
  public struct Tensor: Sendable {
    /// The layer's name, a dot and the tensor's, for example `dense-1.weight`.
    public let name: String
    /// Extents, outermost first.
    public var shape: [Int] { weights.shape }
    /// All numbers, row-major.
    ///
    /// Not real-time: computed from the file each time.
    public var values: [Float] { weights.values }
    let weights: Weights
  }

  /// What was found in the file and how it was understood.
  public struct Findings: Sendable {
    /// Program and version that wrote the file.
    public let producer: String
    /// Version of the standard's operators.
    public let opset: Int
    /// Nodes of the graph.
    public let nodes: Int
    /// The input that is the frame, its shape, and what its axes were taken for.
    public let frame: String
    /// The output that is the result, its shape, and what it was taken for.
    public let result: String
    /// Inputs, and the outputs that they hold in the next frame.
    public let states: [(input: String, output: String, shape: [Int])]
    /// What a user should know before trusting the result.
    public let notes: [String]
  }

  /// The document of the weights file's metadata.
  public let document: JSON
  /// All tensors, in the order of the layers.
  public let tensors: [Tensor]
  /// How the file was understood.
  public let findings: Findings
  /// Bins of its frames.
  public let bins: Int
  /// Layers of the network.
  public let layerCount: Int

  /// Numbers in all tensors.
  public var parameters: Int { tensors.reduce(0) { $0 + $1.weights.count } }
}
