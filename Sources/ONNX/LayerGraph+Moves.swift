internal import Text

/// Layers that only move numbers, made as few as possible.
extension LayerGraph {
  /// An axis of a layer's result.
  struct Place {
    let source: Source
    let axis: Int
    let shape: [Int]
  }

  /// Finds axis `axis` of a tensor among the axes of the layer that it comes from, or reshapes until it is one.
  mutating func locate(_ flow: Flow, _ axis: Int) throws(Refusal) -> Place {
    let outer = size(flow.shape[..<axis])
    let source = unshaped(flow.source)
    let shape = shape(of: source)
    var before = 1
    for (index, extent) in shape.enumerated() {
      if extent == flow.shape[axis], before == outer { return Place(source: source, axis: index, shape: shape) }
      before *= extent
    }
    // The axes of the tensor itself, but for those of one.
    let front = Array(flow.shape[..<axis]).squeezed
    let plain = front + [flow.shape[axis]] + Array(flow.shape[(axis + 1)...]).squeezed
    return Place(source: try shaped(source, plain), axis: front.count, shape: plain)
  }

  /// The axes of a tensor that are not of one, among those of a layer's result: for each axis of the tensor the axis
  /// of the layer, nothing for axes of one.
  mutating func align(_ flow: Flow) throws(Refusal) -> (source: Source, axes: [Int?]) {
    var source = unshaped(flow.source)
    if shape(of: source).squeezed != flow.shape.squeezed {
      source = try shaped(source, flow.shape.squeezed.isEmpty ? [1] : flow.shape.squeezed)
    }
    let places = shape(of: source).indices.filter { shape(of: source)[$0] != 1 }
    var next = 0
    return (
      source,
      flow.shape.map { extent in
        guard extent != 1 else { return nil }
        defer { next += 1 }
        return places[next]
      }
    )
  }

  /// `range` of the axis `axis` of a tensor, every `step`th of it.
  mutating func slice(_ flow: Flow, axis: Int, _ range: Range<Int>) throws(Refusal) -> Flow {
    var shape = flow.shape
    shape[axis] = range.count
    if range == 0..<flow.shape[axis] { return flow }
    let place = try locate(flow, axis)
    return Flow(source: try slice(place.source, axis: place.axis, range), shape: shape)
  }

  private mutating func slice(_ source: Source, axis: Int, _ range: Range<Int>) throws(Refusal) -> Source {
    var shape = shape(of: source)
    if range == 0..<shape[axis] { return source }
    if let layer = layer(source) {
      switch layer.form {
      case .reshape:
        // Below a reshaping there may be something that a slice of is known.
        var wanted = shape
        wanted[axis] = range.count
        let place = try locate(Flow(source: source, shape: shape), axis)
        if self.layer(place.source)?.form != .reshape {
          return try shaped(slice(place.source, axis: place.axis, range), wanted)
        }
      case .permute(let order):
        // Of few axes the order is often no order any more.
        var (inner, wanted) = (self.shape(of: layer.from[0]), shape)
        (inner[order[axis]], wanted[axis]) = (range.count, range.count)
        if Reordering(shape: inner, order: order).merged.isIdentity {
          return try shaped(slice(layer.from[0], axis: order[axis], range), wanted)
        }
      case .slice(axis, let outer):
        return try slice(
          layer.from[0], axis: axis, outer.lowerBound + range.lowerBound..<outer.lowerBound + range.upperBound)
      case .concatenate(axis):
        if let parts = try parts(of: layer, axis: axis, range) { return try concatenate(parts, axis: axis) }
      default: break
      }
    }
    shape[axis] = range.count
    return try add(
      "slice", .slice(axis: axis, range), from: [source],
      keys: ["axis": .integer(axis), "start": .integer(range.lowerBound), "stop": .integer(range.upperBound)],
      shape: shape)
  }

  /// The inputs of a concatenation that make up `range`, if it is some of them or lies within one.
  private mutating func parts(of layer: Layer, axis: Int, _ range: Range<Int>) throws(Refusal) -> [Source]? {
    var parts: [Source] = []
    var start = 0
    for source in layer.from {
      let end = start + shape(of: source)[axis]
      defer { start = end }
      if start <= range.lowerBound, range.upperBound <= end {
        return [try slice(source, axis: axis, range.lowerBound - start..<range.upperBound - start)]
      }
      guard start < range.upperBound, range.lowerBound < end else { continue }
      guard range.lowerBound <= start, end <= range.upperBound else { return nil }
      parts.append(source)
    }
    return parts
  }

  /// Tensors one behind the other along `axis`; `flat` takes concatenations among them apart.
  mutating func concatenate(_ flows: [Flow], axis: Int, flat: Bool = false) throws(Refusal) -> Flow {
    guard let first = flows.first else { throw Refusal("nothing to concatenate", expected: "one tensor or more") }
    var shape = first.shape
    shape[axis] = flows.reduce(0) { $0 + $1.shape[axis] }
    if flows.count == 1 { return first }
    let place = try locate(first, axis)
    var parts: [Source] = []
    for flow in flows {
      var wanted = place.shape
      wanted[place.axis] = flow.shape[axis]
      let part = try shaped(flow.source, wanted)
      if flat, let layer = layer(part), layer.form == .concatenate(axis: place.axis) {
        parts += layer.from
      } else {
        parts.append(part)
      }
    }
    return Flow(source: try concatenate(parts, axis: place.axis), shape: shape)
  }

  private mutating func concatenate(_ parts: [Source], axis: Int) throws(Refusal) -> Source {
    if parts.count == 1 { return parts[0] }
    var shape = shape(of: parts[0])
    shape[axis] = parts.reduce(0) { $0 + self.shape(of: $1)[axis] }
    return try add(
      "concatenate", .concatenate(axis: axis), from: parts, keys: ["axis": .integer(axis)], shape: shape)
  }

  /// Some numbers of an axis, in an order of their own.
  mutating func gather(_ flow: Flow, axis: Int, _ indices: [Int]) throws(Refusal) -> Flow {
    guard let first = indices.first, indices.allSatisfy((0..<flow.shape[axis]).contains) else {
      throw Refusal("indices beyond the axis of \(flow.shape[axis])", expected: "indices within it")
    }
    var shape = flow.shape
    shape[axis] = indices.count
    if indices == Array(first..<first + indices.count) {
      return try slice(flow, axis: axis, first..<first + indices.count)
    }
    try spend(indices: indices.count)
    let place = try locate(flow, axis)
    var result = place.shape
    result[place.axis] = indices.count
    let source = try add(
      "gather", from: [place.source],
      keys: ["axis": .integer(place.axis), "indices": .array(indices.map { .integer($0) })], shape: result)
    return Flow(source: source, shape: shape)
  }

  /// A tensor stretched to `shape`.
  mutating func expand(_ flow: Flow, to shape: [Int]) throws(Refusal) -> Flow {
    let padded = flow.shape.padded(to: shape.count)
    if padded == shape { return flow.viewed(shape) }
    let kept = shape.indices.filter { shape[$0] != 1 }
    let from = kept.map { padded[$0] }
    let to = kept.map { shape[$0] }
    let source = try add(
      "expand", from: [try shaped(flow.source, from)], keys: ["shape": .array(to.map { .integer($0) })], shape: to)
    return Flow(source: source, shape: shape)
  }
}
