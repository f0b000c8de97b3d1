internal import Text

/// The attributes that both convolutions share, for two axes; with one axis, the other is of one.
private struct Window {
  let kernel: [Int]
  let stride: [Int]
  let dilation: [Int]
  let groups: Int
  let pads: [Int]?
  let automatic: String

  init(_ node: NodeMessage, weight: [Int]) throws(Refusal) {
    kernel = Array(weight[2...])
    let axes = kernel.count
    guard try node.integers("kernel_shape") ?? kernel == kernel else {
      throw Refusal("attribute kernel_shape", expected: "the shape of the weights, \(kernel)")
    }
    func list(_ name: String, _ standard: Int) throws(Refusal) -> [Int] {
      let values = try node.integers(name) ?? Array(repeating: standard, count: axes)
      guard values.count == axes, values.allSatisfy((1...1 << 20).contains) else {
        throw Refusal("attribute \(name) \(values)", expected: "\(axes) numbers from 1")
      }
      return values
    }
    stride = try list("strides", 1)
    dilation = try list("dilations", 1)
    groups = try node.integer("group", 1)
    pads = try node.integers("pads")
    if let pads {
      guard pads.count == 2 * axes, pads.allSatisfy((0...1 << 20).contains) else {
        throw Refusal("attribute pads \(pads)", expected: "\(2 * axes) numbers from 0")
      }
    }
    automatic = try node.text("auto_pad", "NOTSET")
    guard ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].contains(automatic) else {
      throw Refusal("attribute auto_pad \(automatic)", expected: "NOTSET, VALID, SAME_UPPER, SAME_LOWER")
    }
    guard groups >= 1, weight[0].isMultiple(of: groups), kernel.allSatisfy((1...1 << 20).contains) else {
      throw Refusal("\(groups) groups of weights \(weight)", expected: "whole groups")
    }
  }

  /// How far the kernel reaches along an axis.
  func reach(_ axis: Int) -> Int { dilation[axis] * (kernel[axis] - 1) + 1 }

  /// `total` rows of padding, before and after.
  func shared(_ total: Int) -> (Int, Int) {
    automatic == "SAME_UPPER" ? (total / 2, total - total / 2) : (total - total / 2, total / 2)
  }

  func given(_ axis: Int) -> (Int, Int) {
    guard let pads, automatic == "NOTSET" else { return (0, 0) }
    return (pads[axis], pads[axis + kernel.count])
  }
}

extension Translator {
  /// Input and weights of a convolution as planes of rows and columns.
  ///
  /// One axis becomes columns. So do rows where there is but one column: the numbers are the same, and a row that lies
  /// in one piece is quick to convolve.
  private struct Planes {
    /// Of ONNX: batch, channels and one or two axes.
    let shape: [Int]
    /// True if the one axis that there is stands for the columns.
    let isFlat: Bool

    init(_ shape: [Int], _ window: Window) throws(Refusal) {
      guard shape.count == window.kernel.count + 2, [3, 4].contains(shape.count) else {
        throw Refusal("an input of shape \(shape)", expected: "batch, channels, and the one or two axes of the weights")
      }
      guard shape[0] == 1 else { throw Refusal("a batch of \(shape[0])", expected: "a batch of one") }
      self.shape = shape
      let narrow =
        shape.count == 4 && shape[3] == 1 && window.kernel[1] == 1 && window.stride[1] == 1 && window.given(1) == (0, 0)
      isFlat = shape.count == 3 || narrow
    }

    /// Values of the axes, for rows and columns.
    func axes(_ values: [Int], one: Int) -> [Int] { isFlat ? [one, values[0]] : values }

    /// The shape of ONNX's result.
    func result(_ channels: Int, _ extents: [Int]) -> [Int] {
      let axes = isFlat ? (shape.count == 3 ? [extents[0]] : [extents[0], 1]) : extents
      return [1, channels] + axes
    }
  }

  mutating func convolution(_ node: NodeMessage) throws(Refusal) -> Flow {
    let weight = try constant(node, 1, "weights")
    guard [3, 4].contains(weight.shape.count) else {
      throw Refusal("weights of shape \(weight.shape)", expected: "a convolution over one or two axes")
    }
    let window = try Window(node, weight: weight.shape)
    let input = try flow(node, 0)
    let planes = try Planes(input.shape, window)
    guard input.shape[1] == weight.shape[1] * window.groups else {
      throw Refusal("\(input.shape[1]) channels for weights \(weight.shape)", expected: "the channels of the weights")
    }
    var pads: [(Int, Int)] = []
    var extents: [Int] = []
    for axis in window.kernel.indices {
      let extent = input.shape[axis + 2]
      let rows = (extent + window.stride[axis] - 1) / window.stride[axis]
      let pad =
        window.automatic.hasPrefix("SAME")
        ? window.shared(max(0, (rows - 1) * window.stride[axis] + window.reach(axis) - extent)) : window.given(axis)
      guard extent + pad.0 + pad.1 >= window.reach(axis) else {
        throw Refusal("a kernel wider than its input of shape \(input.shape)", expected: "a narrower kernel")
      }
      pads.append(pad)
      extents.append((extent + pad.0 + pad.1 - window.reach(axis)) / window.stride[axis] + 1)
    }
    return try layer(
      "convolution", node, planes, window, input: input, weight: weight, channels: weight.shape[0], pads: pads,
      extents: extents, keys: [:])
  }

  mutating func transposedConvolution(_ node: NodeMessage) throws(Refusal) -> Flow {
    let weight = try constant(node, 1, "weights")
    guard [3, 4].contains(weight.shape.count) else {
      throw Refusal("weights of shape \(weight.shape)", expected: "a convolution over one or two axes")
    }
    let window = try Window(node, weight: weight.shape)
    let input = try flow(node, 0)
    let planes = try Planes(input.shape, window)
    guard input.shape[1] == weight.shape[0] else {
      throw Refusal("\(input.shape[1]) channels for weights \(weight.shape)", expected: "the channels of the weights")
    }
    let extra = try node.integers("output_padding") ?? Array(repeating: 0, count: window.kernel.count)
    let wanted = try node.integers("output_shape").map { Array($0.suffix(window.kernel.count)) }
    guard extra.count == window.kernel.count, extra.allSatisfy((0...1 << 20).contains),
      wanted.map({ $0.count == window.kernel.count && $0.allSatisfy((1...1 << 24).contains) }) ?? true
    else { throw Refusal("attributes output_padding and output_shape", expected: "a number an axis") }
    var pads: [(Int, Int)] = []
    var extents: [Int] = []
    for axis in window.kernel.indices {
      let full = (input.shape[axis + 2] - 1) * window.stride[axis] + window.reach(axis) + extra[axis]
      var pad = window.given(axis)
      if let wanted {
        pad = window.shared(max(0, full - wanted[axis]))
      } else if window.automatic.hasPrefix("SAME") {
        pad = window.shared(max(0, full - input.shape[axis + 2] * window.stride[axis]))
      }
      guard full > pad.0 + pad.1 else {
        throw Refusal("more cut off than there is", expected: "a result of one row or more")
      }
      pads.append(pad)
      extents.append(full - pad.0 - pad.1)
    }
    let both = planes.axes(extra, one: 0)
    return try layer(
      "transposed-convolution", node, planes, window, input: input, weight: weight,
      channels: weight.shape[1] * window.groups, pads: pads, extents: extents,
      keys: both == [0, 0] ? [:] : ["extra": .array(both.map { .integer($0) })])
  }

  private mutating func layer(
    _ kind: String, _ node: NodeMessage, _ planes: Planes, _ window: Window, input: Flow, weight: Constant,
    channels: Int, pads: [(Int, Int)], extents: [Int], keys: [String: JSON]
  ) throws(Refusal) -> Flow {
    let rows = planes.axes(Array(input.shape[2...]), one: 1)
    let result = planes.axes(extents, one: 1)
    let edges = planes.isFlat ? [0, 0, pads[0].0, pads[0].1] : [pads[0].0, pads[0].1, pads[1].0, pads[1].1]
    var layer = Layer(kind: kind, label: node.label, shape: [channels] + result)
    layer.from = [try graph.shaped(input.source, [input.shape[1]] + rows)]
    layer.keys = keys
    func set(_ key: String, _ values: [Int], standard: Int) {
      if values.contains(where: { $0 != standard }) { layer.keys[key] = .array(values.map { .integer($0) }) }
    }
    set("stride", planes.axes(window.stride, one: 1), standard: 1)
    set("dilation", planes.axes(window.dilation, one: 1), standard: 1)
    set("padding", edges, standard: 0)
    if window.groups > 1 { layer.keys["groups"] = .integer(window.groups) }
    layer.tensors["weight"] = Weights(
      weight, shape: Array(weight.shape[..<2]) + planes.axes(window.kernel, one: 1))
    if node.has(2) {
      let bias = try constant(node, 2, "bias")
      guard bias.count == channels else {
        throw Refusal("a bias of shape \(bias.shape)", expected: "a number for each of \(channels) channels")
      }
      layer.tensors["bias"] = Weights(bias, shape: [channels])
    }
    return Flow(source: try graph.add(layer), shape: planes.result(channels, extents))
  }
}
