private import Glibc

/// Arithmetic on constants.
extension Translator {
  /// The result of the operator `kind` on constants, number by number; nothing for operators that become layers.
  mutating func computed(_ kind: String, _ inputs: [Constant]) throws(Refusal) -> Constant? {
    switch (inputs.count, inputs[0].type.isReal) {
    case (1, true):
      guard let function = realFunction(kind) else { return nil }
      try spend(inputs[0].count)
      return Constant(inputs[0].reals.map(function), shape: inputs[0].shape)
    case (1, false):
      let first = inputs[0]
      let function: (Int) -> Int
      switch kind {
      case "Neg": function = { 0 &- $0 }
      case "Abs": function = { $0 == .min ? $0 : abs($0) }
      case "Not": function = { $0 == 0 ? 1 : 0 }
      default: return nil
      }
      try spend(first.count)
      return Constant(first.integers.map(function), shape: first.shape, type: first.type)
    case (2, true):
      if let compare = realComparison(kind) {
        return try binary(
          inputs, \.reals, make: { Constant($0, shape: $1, type: .bool) }, by: { compare($0, $1) ? 1 : 0 })
      }
      guard let function = realOperation(kind) else { return nil }
      return try binary(inputs, \.reals, make: { Constant($0, shape: $1) }, by: function)
    case (2, false):
      guard let function = wholeOperation(kind) else { return nil }
      let isTruth = ["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or"].contains(kind)
      let type = isTruth ? ElementType.bool : inputs[0].type
      return try binary(inputs, \.integers, make: { Constant($0, shape: $1, type: type) }, by: function)
    default: return nil
    }
  }

  private mutating func binary<Number, Result>(
    _ inputs: [Constant], _ numbers: (Constant) -> [Number], make: ([Result], [Int]) -> Constant,
    by function: (Number, Number) -> Result
  ) throws(Refusal) -> Constant {
    guard let shape = inputs[0].shape.broadcast(with: inputs[1].shape), let count = countable(shape) else {
      throw Refusal("shapes \(inputs.map(\.shape))", expected: "shapes that stretch to each other")
    }
    try spend(count)
    let places = inputs.map { walk(shape, strides: stretched($0.shape, to: shape)) }
    let (one, other) = (numbers(inputs[0]), numbers(inputs[1]))
    return make(zip(places[0], places[1]).map { function(one[$0], other[$1]) }, shape)
  }

  private func realFunction(_ kind: String) -> ((Float) -> Float)? {
    switch kind {
    case "Neg": { -$0 }
    case "Abs": { abs($0) }
    case "Sqrt": { $0.squareRoot() }
    case "Exp": { expf($0) }
    case "Log": { logf($0) }
    case "Reciprocal": { 1 / $0 }
    case "Floor": { $0.rounded(.down) }
    case "Ceil": { $0.rounded(.up) }
    case "Sigmoid": { 1 / (1 + expf(-$0)) }
    case "Tanh": { tanhf($0) }
    case "Relu": { max($0, 0) }
    default: nil
    }
  }

  private func realOperation(_ kind: String) -> ((Float, Float) -> Float)? {
    switch kind {
    case "Add", "Sum": { $0 + $1 }
    case "Sub": { $0 - $1 }
    case "Mul": { $0 * $1 }
    case "Div": { $0 / $1 }
    case "Pow": { powf($0, $1) }
    case "Max": { max($0, $1) }
    case "Min": { min($0, $1) }
    default: nil
    }
  }

  private func realComparison(_ kind: String) -> ((Float, Float) -> Bool)? {
    switch kind {
    case "Equal": { $0 == $1 }
    case "Less": { $0 < $1 }
    case "LessOrEqual": { $0 <= $1 }
    case "Greater": { $0 > $1 }
    case "GreaterOrEqual": { $0 >= $1 }
    default: nil
    }
  }

  private func wholeOperation(_ kind: String) -> ((Int, Int) -> Int)? {
    switch kind {
    case "Add", "Sum": { $0 &+ $1 }
    case "Sub": { $0 &- $1 }
    case "Mul": { $0 &* $1 }
    case "Div": { $1 == 0 ? 0 : $0.dividedReportingOverflow(by: $1).partialValue }
    // The sign of the divisor, as Python has it.
    case "Mod": { $1 == 0 || $1 == -1 ? 0 : ($0 % $1 + $1) % $1 }
    case "Max": { max($0, $1) }
    case "Min": { min($0, $1) }
    case "Equal": { $0 == $1 ? 1 : 0 }
    case "Less": { $0 < $1 ? 1 : 0 }
    case "LessOrEqual": { $0 <= $1 ? 1 : 0 }
    case "Greater": { $0 > $1 ? 1 : 0 }
    case "GreaterOrEqual": { $0 >= $1 ? 1 : 0 }
    case "And": { $0 != 0 && $1 != 0 ? 1 : 0 }
    case "Or": { $0 != 0 || $1 != 0 ? 1 : 0 }
    default: nil
    }
  }
}
