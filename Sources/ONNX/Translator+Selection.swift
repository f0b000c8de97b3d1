extension Translator {
  /// Operators that take numbers from some places, or put more beside them.
  mutating func selection(_ node: NodeMessage) throws(Refusal) -> Flow {
    switch node.kind {
    case "Concat": return try concatenation(node)
    case "Pad": return try padding(node)
    default:
      var result = try flow(node, 0)
      for step in try steps(node, result.shape) {
        result = try graph.gather(result, axis: step.axis, step.indices)
      }
      if node.kind == "Gather" { result = result.viewed(try gathered(node, try shape(node, 0))) }
      return result
    }
  }

  /// Indices to take along an axis.
  struct Step {
    let axis: Int
    let indices: [Int]

    /// Refuses more indices than an axis could need, before memory is taken for them.
    static func count(_ count: Int) throws(Refusal) {
      guard count <= 1 << 20 else { throw Refusal("an axis of \(count)", expected: "at most \(1 << 20)") }
    }
  }

  /// What `Slice`, `Gather`, `Tile`, `Resize` or `Upsample` take from a tensor of shape `shape`, axis by axis.
  func steps(_ node: NodeMessage, _ shape: [Int]) throws(Refusal) -> [Step] {
    switch node.kind {
    case "Slice": return try slices(node, shape)
    case "Gather":
      let axis = try normalised(try node.integer("axis", 0), rank: shape.count)
      let indices = try constant(node, 1, "indices")
      guard indices.count <= LayerGraph.indexLimit, indices.count > 0 else {
        throw Refusal("\(indices.count) indices", expected: "1 to \(LayerGraph.indexLimit)")
      }
      return [Step(axis: axis, indices: indices.integers.map { $0 < 0 ? $0 &+ shape[axis] : $0 })]
    case "Tile":
      let repeats = try target(node)
      guard repeats.count == shape.count, repeats.allSatisfy((1...1 << 16).contains),
        let total = countable(zip(shape, repeats).map { $0 &* $1 }), total <= LayerGraph.sizeLimit
      else { throw Refusal("repeats \(repeats)", expected: "a number from 1 for each axis") }
      for axis in shape.indices where repeats[axis] > 1 { try Step.count(repeats[axis] * shape[axis]) }
      return shape.indices.filter { repeats[$0] > 1 }.map { axis in
        Step(axis: axis, indices: (0..<repeats[axis]).flatMap { _ in 0..<shape[axis] })
      }
    default: return try resizing(node, shape)
    }
  }

  /// The shape that `Gather` gives.
  func gathered(_ node: NodeMessage, _ shape: [Int]) throws(Refusal) -> [Int] {
    let axis = try normalised(try node.integer("axis", 0), rank: shape.count)
    let result = try shape[..<axis] + self.shape(node, 1) + shape[(axis + 1)...]
    guard result.count <= MessageReader.rankLimit else { throw Refusal("\(result.count) axes", expected: "fewer") }
    return Array(result)
  }

  private func slices(_ node: NodeMessage, _ shape: [Int]) throws(Refusal) -> [Step] {
    guard let starts = try list(node, "starts", input: 1), let ends = try list(node, "ends", input: 2),
      starts.count == ends.count
    else { throw Refusal("no starts and ends", expected: "as many starts as ends") }
    let axes = try list(node, "axes", input: 3) ?? Array(starts.indices)
    let strides = try list(node, "steps", input: 4) ?? Array(repeating: 1, count: starts.count)
    guard axes.count == starts.count, strides.count == starts.count else {
      throw Refusal("\(axes.count) axes and \(strides.count) steps", expected: "\(starts.count) of both")
    }
    var all: [Step] = []
    for (index, axis) in axes.enumerated() {
      let axis = try normalised(axis, rank: shape.count)
      let (extent, step) = (shape[axis], strides[index])
      try Step.count(extent)
      func clamped(_ place: Int) -> Int {
        let counted = place < 0 ? place + extent : place
        return step > 0 ? min(max(counted, 0), extent) : min(max(counted, -1), extent - 1)
      }
      guard step != 0, step != .min else { throw Refusal("a step of \(step)", expected: "another step") }
      // A start that is counted from the end and lies before the beginning is the beginning.
      let first = step < 0 && starts[index] < -extent ? -1 : clamped(starts[index])
      let last = step < 0 && ends[index] < -extent ? -1 : clamped(ends[index])
      let indices = Array(stride(from: first, to: last, by: step))
      guard !indices.isEmpty else {
        throw Refusal("nothing from \(starts[index]) to \(ends[index]) of \(extent)", expected: "one number or more")
      }
      all.append(Step(axis: axis, indices: indices))
    }
    guard Set(all.map(\.axis)).count == all.count else { throw Refusal("axes \(axes)", expected: "each axis once") }
    return all
  }

  private mutating func concatenation(_ node: NodeMessage) throws(Refusal) -> Flow {
    var flows: [Flow] = []
    for index in node.inputs.indices { flows.append(try flow(node, index)) }
    guard let first = flows.first else { throw Refusal("nothing to concatenate", expected: "one tensor or more") }
    let axis = try normalised(try node.integer("axis", 0), rank: first.shape.count)
    for flow in flows {
      guard flow.shape.count == first.shape.count,
        first.shape.indices.allSatisfy({ $0 == axis || flow.shape[$0] == first.shape[$0] })
      else {
        throw Refusal("shapes \(first.shape) and \(flow.shape)", expected: "shapes that differ in axis \(axis) only")
      }
    }
    return try graph.concatenate(flows, axis: axis)
  }

  mutating func split(_ node: NodeMessage) throws(Refusal) -> [Flow] {
    let input = try flow(node, 0)
    let axis = try normalised(try node.integer("axis", 0), rank: input.shape.count)
    let extent = input.shape[axis]
    let parts = node.outputs.count
    // The last of equal parts may be smaller.
    let equal = parts > 0 ? (extent + parts - 1) / parts : 0
    let sizes =
      try list(node, "split", input: 1)
      ?? (0..<parts).map { max(0, min(equal, extent - $0 * equal)) }
    guard sizes.count == parts, sizes.allSatisfy({ $0 > 0 && $0 <= extent }), sizes.reduce(0, +) == extent else {
      throw Refusal("parts \(sizes) of \(extent)", expected: "a size from 1 for each result")
    }
    var results: [Flow] = []
    var start = 0
    for size in sizes {
      results.append(try graph.slice(input, axis: axis, start..<start + size))
      start += size
    }
    return results
  }
}
