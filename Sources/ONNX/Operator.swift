internal import Text

/// The operators that can be imported, with the attributes that each of them may have.
///
/// An attribute that is not listed is refused: it would change what the node means.
enum Operator {
  static let attributes: [String: Set<String>] = [
    "Abs": [], "Add": [], "And": [], "BatchNormalization": ["epsilon", "momentum", "spatial", "training_mode"],
    "Cast": ["to", "saturate"], "Ceil": [], "Clip": ["min", "max"], "Concat": ["axis"],
    "Constant": ["value", "value_float", "value_floats", "value_int", "value_ints"], "ConstantOfShape": ["value"],
    "Conv": convolution, "ConvTranspose": convolution.union(["output_padding", "output_shape"]), "Div": [],
    "Dropout": ["ratio", "seed"], "Elu": ["alpha"], "Equal": [], "Exp": [], "Expand": [], "Flatten": ["axis"],
    "Floor": [], "Gelu": ["approximate"],
    "GRU": recurrent.union(["linear_before_reset"]), "Gather": ["axis"],
    "Gemm": ["alpha", "beta", "transA", "transB", "broadcast"], "GlobalAveragePool": [], "Greater": [],
    "GreaterOrEqual": [], "GroupNormalization": ["epsilon", "num_groups", "stash_type"],
    "HardSigmoid": ["alpha", "beta"], "HardSwish": [], "Identity": [], "InstanceNormalization": ["epsilon"],
    "LSTM": recurrent.union(["input_forget"]), "LayerNormalization": ["axis", "epsilon", "stash_type"],
    "LeakyRelu": ["alpha"], "Less": [], "LessOrEqual": [], "Log": [], "LogSoftmax": ["axis"], "MatMul": [],
    "Max": [], "Mean": [], "Min": [], "Mod": ["fmod"], "Mul": [], "Neg": [], "Not": [], "Or": [], "PRelu": [],
    "Pad": ["mode", "pads", "value"], "Pow": [], "RNN": recurrent, "Range": [], "Reciprocal": [],
    "ReduceL1": reduction, "ReduceL2": reduction, "ReduceMax": reduction, "ReduceMean": reduction,
    "ReduceMin": reduction, "ReduceProd": reduction, "ReduceSum": reduction, "ReduceSumSquare": reduction, "Relu": [],
    "Reshape": ["allowzero"],
    "Resize": [
      "coordinate_transformation_mode", "nearest_mode", "mode", "cubic_coeff_a", "exclude_outside",
      "extrapolation_value", "antialias", "axes", "keep_aspect_ratio_policy",
    ], "ScatterND": ["reduction"], "Shape": ["start", "end"], "Sigmoid": [], "Size": [],
    "Slice": ["starts", "ends", "axes"], "Softmax": ["axis"], "Softplus": [], "Softsign": [],
    "Split": ["axis", "split", "num_outputs"], "Sqrt": [], "Squeeze": ["axes"], "Sub": [], "Sum": [], "Tanh": [],
    "Tile": [], "Transpose": ["perm"], "Unsqueeze": ["axes"], "Upsample": ["mode", "scales"], "Where": [],
  ]

  private static let convolution: Set = ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"]
  private static let reduction: Set = ["axes", "keepdims", "noop_with_empty_axes"]
  private static let recurrent: Set = [
    "activation_alpha", "activation_beta", "activations", "clip", "direction", "hidden_size", "layout",
  ]
}

extension NodeMessage {
  /// What of this node is refused before its inputs are looked at.
  func foreignParts() -> [Refusal] {
    guard domain.isEmpty || domain == "ai.onnx" else {
      return [Refusal("an operator of \(quoted(domain))", expected: "the standard's operators")]
    }
    guard let known = Operator.attributes[kind] else {
      return [Refusal("an operator that Sotto does not have", expected: "those that `sotto import --help` lists")]
    }
    return attributes.keys.sorted().filter { !known.contains($0) }.map {
      Refusal(
        "attribute \(quoted($0))", expected: known.isEmpty ? "no attributes" : known.sorted().joined(separator: ", "))
    }
  }

  /// True if the input `index` is given.
  func has(_ index: Int) -> Bool { index < inputs.count && !inputs[index].isEmpty }

  /// The attribute `name` as a counted number.
  func integer(_ name: String, _ standard: Int) throws(Refusal) -> Int {
    switch attributes[name] {
    case nil: return standard
    case .integer(let value): return value
    default: throw Refusal("attribute \(name) of another type", expected: "a whole number")
    }
  }

  /// The attribute `name` as a number.
  func real(_ name: String, _ standard: Float) throws(Refusal) -> Float {
    switch attributes[name] {
    case nil: return standard
    case .real(let value) where value.isFinite: return value
    default: throw Refusal("attribute \(name) that is no finite number", expected: "a finite number")
    }
  }

  /// The attribute `name` as a word.
  func text(_ name: String, _ standard: String) throws(Refusal) -> String {
    switch attributes[name] {
    case nil: return standard
    case .text(let value): return value
    default: throw Refusal("attribute \(name) of another type", expected: "a word")
    }
  }

  /// The attribute `name` as a list of counted numbers, nothing if it is not there.
  func integers(_ name: String) throws(Refusal) -> [Int]? {
    switch attributes[name] {
    case nil: return nil
    case .integers(let values): return values
    default: throw Refusal("attribute \(name) of another type", expected: "a list of whole numbers")
    }
  }
}

extension ONNXImport {
  /// The operators that can be imported, some of them only where their inputs are constants.
  public static var operators: [String] { Operator.attributes.keys.sorted() }
}
