internal import Text

extension Translator {
  mutating func padding(_ node: NodeMessage) throws(Refusal) -> Flow {
    var result = try flow(node, 0)
    let rank = result.shape.count
    guard let pads = try list(node, "pads", input: 1) else { throw Refusal("no pads", expected: "constant pads") }
    let axes = node.has(3) ? try list(node, "", input: 3) ?? [] : Array(0..<rank)
    guard pads.count == 2 * axes.count, pads.allSatisfy((-1 << 24...1 << 24).contains) else {
      throw Refusal("pads \(pads)", expected: "two numbers for each of \(axes.count) axes")
    }
    let mode = try node.text("mode", "constant")
    let value = node.has(2) ? try constant(node, 2, "value").scalar ?? 0 : try node.real("value", 0)
    for (index, axis) in axes.enumerated() {
      let axis = try normalised(axis, rank: rank)
      let (before, after) = (pads[index], pads[index + axes.count])
      let extent = result.shape[axis]
      guard before + after + extent > 0 else { throw Refusal("pads \(pads)", expected: "a result of one or more") }
      if before == 0, after == 0 { continue }
      if mode == "constant" {
        result = try pad(result, axis: axis, before, after, value: value)
      } else {
        try Step.count(before + extent + after)
        var places: [Int] = []
        for place in -before..<extent + after { places.append(try mirrored(place, extent: extent, mode: mode)) }
        result = try graph.gather(result, axis: axis, places)
      }
    }
    return result
  }

  private mutating func pad(
    _ flow: Flow, axis: Int, _ before: Int, _ after: Int, value: Float
  ) throws(Refusal) -> Flow {
    let inner = max(0, -before)..<flow.shape[axis] - max(0, -after)
    guard !inner.isEmpty else { throw Refusal("pads that leave nothing", expected: "a result of one or more") }
    let cut = try graph.slice(flow, axis: axis, inner)
    guard before > 0 || after > 0 else { return cut }
    let place = try graph.locate(cut, axis)
    var (result, shape) = (place.shape, cut.shape)
    result[place.axis] += max(0, before) + max(0, after)
    shape[axis] += max(0, before) + max(0, after)
    var keys: [String: JSON] = [
      "axis": .integer(place.axis), "before": .integer(max(0, before)), "after": .integer(max(0, after)),
    ]
    if value != 0 { keys["value"] = JSON(value) }
    return Flow(source: try graph.add("pad", from: [place.source], keys: keys, shape: result), shape: shape)
  }

  /// The place within an axis that stands for `place` beyond it.
  private func mirrored(_ place: Int, extent: Int, mode: String) throws(Refusal) -> Int {
    switch mode {
    case "edge": return min(max(place, 0), extent - 1)
    case "wrap": return ((place % extent) + extent) % extent
    case "reflect":
      let period = max(1, 2 * extent - 2)
      let folded = ((place % period) + period) % period
      return folded < extent ? folded : period - folded
    default: throw Refusal("attribute mode \(mode)", expected: "constant, reflect, edge, wrap")
    }
  }

  /// `Resize` and `Upsample`, as far as they only repeat or drop numbers.
  func resizing(_ node: NodeMessage, _ shape: [Int]) throws(Refusal) -> [Step] {
    let mode = try node.text("mode", "nearest")
    guard mode == "nearest" else { throw Refusal("attribute mode \(mode)", expected: "nearest") }
    let foreign = ["antialias", "exclude_outside", "axes", "keep_aspect_ratio_policy"]
    for name in foreign where node.attributes[name] != nil {
      if name == "exclude_outside" || name == "antialias", try node.integer(name, 0) == 0 { continue }
      throw Refusal("attribute \(name)", expected: "a size or scale for every axis")
    }
    let isOld = node.kind == "Upsample" || opset < 11
    let transform = isOld ? "asymmetric" : try node.text("coordinate_transformation_mode", "half_pixel")
    let nearest = isOld ? "floor" : try node.text("nearest_mode", "round_prefer_floor")
    var sizes: [Int]?
    var scales: [Float] = []
    if !isOld, node.has(3) {
      sizes = try list(node, "", input: 3)
    } else if case .reals(let values)? = node.attributes["scales"] {
      scales = values
    } else {
      scales = try constant(node, isOld ? 1 : 2, "scales").reals
    }
    guard sizes?.count ?? scales.count == shape.count else {
      throw Refusal("sizes or scales for other axes than there are", expected: "one for each of \(shape.count)")
    }
    var all: [Step] = []
    for (axis, extent) in shape.enumerated() {
      let scale = sizes.map { Double($0[axis]) / Double(extent) } ?? Double(scales[axis])
      let result = sizes?[axis] ?? whole(Double(extent) * scale)
      guard scale > 0, (1...LayerGraph.indexLimit).contains(result) else {
        throw Refusal("an axis of \(result)", expected: "1 to \(LayerGraph.indexLimit)")
      }
      if result == extent { continue }
      var indices: [Int] = []
      for place in 0..<result {
        let origin = try position(Double(place), scale, from: Double(extent), to: Double(result), transform)
        indices.append(min(max(whole(try rounded(origin, nearest)), 0), extent - 1))
      }
      all.append(Step(axis: axis, indices: indices))
    }
    return all
  }

  private func position(
    _ place: Double, _ scale: Double, from: Double, to: Double, _ transform: String
  ) throws(Refusal) -> Double {
    switch transform {
    case "asymmetric": place / scale
    case "half_pixel": (place + 0.5) / scale - 0.5
    case "pytorch_half_pixel": to > 1 ? (place + 0.5) / scale - 0.5 : 0
    case "align_corners": to > 1 ? place * (from - 1) / (to - 1) : 0
    default:
      throw Refusal(
        "attribute coordinate_transformation_mode \(transform)",
        expected: "asymmetric, half_pixel, pytorch_half_pixel, align_corners")
    }
  }

  private func rounded(_ place: Double, _ mode: String) throws(Refusal) -> Double {
    switch mode {
    case "floor": place.rounded(.down)
    case "ceil": place.rounded(.up)
    case "round_prefer_floor": (place - 0.5).rounded(.up)
    case "round_prefer_ceil": (place + 0.5).rounded(.down)
    default: throw Refusal("attribute nearest_mode \(mode)", expected: "floor, ceil, round_prefer_floor or _ceil")
    }
  }
}
