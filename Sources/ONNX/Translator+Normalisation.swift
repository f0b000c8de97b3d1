internal import Text

extension Translator {
  /// Adds a layer that keeps the shape of `source`.
  mutating func kept(
    _ kind: String, _ source: Source, keys: [String: JSON], tensors: [String: Weights] = [:]
  ) throws(Refusal) -> Source {
    var layer = Layer(kind: kind, label: graph.label, from: [source], shape: graph.shape(of: source))
    layer.keys = keys
    layer.tensors = tensors
    return try graph.add(layer)
  }

  mutating func batchNormalisation(_ node: NodeMessage) throws(Refusal) -> Flow {
    guard try node.integer("training_mode", 0) == 0, try node.integer("spatial", 1) == 1 else {
      throw Refusal("a normalisation that still trains", expected: "running mean and variance")
    }
    let input = try flow(node, 0)
    guard input.shape.count >= 2 else { throw Refusal("shape \(input.shape)", expected: "batch and channels") }
    let names = ["", "weight", "bias", "mean", "variance"]
    var tensors: [String: Weights] = [:]
    for index in 1...4 {
      let constant = try constant(node, index, names[index])
      guard constant.count == input.shape[1] else {
        throw Refusal("\(names[index]) of shape \(constant.shape)", expected: "[\(input.shape[1])]")
      }
      tensors[names[index]] = Weights(constant, shape: [input.shape[1]])
    }
    let place = try graph.locate(input, 1)
    let epsilon = JSON(try node.real("epsilon", 1e-5))
    let source = try kept(
      "batch-normalisation", place.source, keys: ["axis": .integer(place.axis), "epsilon": epsilon], tensors: tensors)
    return Flow(source: source, shape: input.shape)
  }

  mutating func layerNormalisation(_ node: NodeMessage) throws(Refusal) -> Flow {
    let input = try flow(node, 0)
    let axis = try normalised(try node.integer("axis", -1), rank: input.shape.count)
    guard node.outputs.dropFirst().allSatisfy(\.isEmpty) else {
      throw Refusal("mean and deviation as results", expected: "the normalised tensor only")
    }
    let inner = Array(input.shape[axis...])
    let outer = size(input.shape[..<axis])
    var tensors: [String: Weights] = [:]
    let width = size(inner)
    for (index, name) in [(1, "weight"), (2, "bias")] where node.has(index) {
      let constant = try constant(node, index, name)
      guard constant.shape.broadcast(with: inner) == inner else {
        throw Refusal("\(name) of shape \(constant.shape)", expected: "\(inner)")
      }
      let places = walk(inner, strides: stretched(constant.shape, to: inner))
      tensors[name] = Weights([width]) {
        let values = constant.reals
        return places.map { values[$0] }
      }
    }
    let source = try graph.shaped(input.source, outer == 1 ? [width] : [outer, width])
    let epsilon = JSON(try node.real("epsilon", 1e-5))
    return Flow(
      source: try kept("layer-normalisation", source, keys: ["epsilon": epsilon], tensors: tensors), shape: input.shape)
  }

  mutating func instanceNormalisation(_ node: NodeMessage) throws(Refusal) -> Flow {
    let input = try flow(node, 0)
    guard input.shape.count >= 2, input.shape[0] == 1 else {
      throw Refusal("shape \(input.shape)", expected: "a batch of one, and channels")
    }
    return try normalise(node, input, groups: input.shape[1])
  }

  mutating func groupNormalisation(_ node: NodeMessage) throws(Refusal) -> Flow {
    let input = try flow(node, 0)
    let groups = try node.integer("num_groups", 0)
    guard input.shape.count >= 2, input.shape[0] == 1, groups > 0, input.shape[1].isMultiple(of: groups) else {
      throw Refusal("\(groups) groups of shape \(input.shape)", expected: "whole groups, and a batch of one")
    }
    return try normalise(node, input, groups: groups)
  }

  /// Mean 0 and variance 1 in each of `groups` blocks of the channels, then a scale and a shift a channel or a group.
  private mutating func normalise(_ node: NodeMessage, _ input: Flow, groups: Int) throws(Refusal) -> Flow {
    let channels = input.shape[1]
    let count = size(input.shape)
    let rows = try graph.shaped(input.source, [groups, count / groups])
    let epsilon = JSON(try node.real("epsilon", 1e-5))
    let normal = try kept("layer-normalisation", rows, keys: ["epsilon": epsilon])
    let scale = try constant(node, 1, "scale")
    let shift = try constant(node, 2, "bias")
    guard scale.count == shift.count, [groups, channels].contains(scale.count) else {
      throw Refusal("scale and bias of shape \(scale.shape)", expected: "a number a channel")
    }
    let source = try graph.shaped(normal, [scale.count, count / scale.count])
    let affine = try kept(
      "affine", source, keys: ["axis": 0],
      tensors: ["scale": Weights(scale, shape: [scale.count]), "shift": Weights(shift, shape: [scale.count])])
    return Flow(source: affine, shape: input.shape)
  }

  mutating func softmax(_ node: NodeMessage) throws(Refusal) -> Flow {
    let input = try flow(node, 0)
    let rank = input.shape.count
    var axis = try normalised(try node.integer("axis", opset < 13 ? 1 : -1), rank: rank)
    var turned = input
    if opset < 13 {
      // All axes from this one on are taken as a single one.
      turned = input.viewed([size(input.shape[..<axis]), size(input.shape[axis...])])
      axis = 1
    }
    var order = Array(turned.shape.indices)
    order.append(order.remove(at: axis))
    let last = try graph.permute(turned, order)
    let width = turned.shape[axis]
    let outer = size(turned.shape) / width
    var result = try graph.add(
      "softmax", from: [try graph.shaped(last.source, outer == 1 ? [width] : [outer, width])],
      shape: outer == 1 ? [width] : [outer, width])
    if node.kind == "LogSoftmax" { result = try activated(result, "log", ["minimum": smallest]) }
    let back = order.indices.sorted { order[$0] < order[$1] }
    return try graph.permute(Flow(source: result, shape: last.shape), back).viewed(input.shape)
  }
}

extension JSON {
  /// A number of single precision with no more digits than it has.
  init(_ number: Float) { self = .number(Double("\(number)") ?? Double(number)) }
}

/// Strides that repeat the numbers of `shape` where it is stretched to `target`.
func stretched(_ shape: [Int], to target: [Int]) -> [Int] {
  let padded = shape.padded(to: target.count)
  return zip(padded, padded.strides).map { $0 == 1 ? 0 : $1 }
}
