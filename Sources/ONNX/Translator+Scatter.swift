extension Translator {
  /// `ScatterND` with constant indices: the data with some of its numbers replaced.
  ///
  /// Exporters write every assignment to a slice so. Where the places are a box, the result is put together from
  /// slices, and the slices of caches before and after cancel out; else single numbers are gathered.
  mutating func scatter(_ node: NodeMessage) throws(Refusal) -> Flow {
    let reduction = try node.text("reduction", "none")
    guard reduction == "none" else { throw Refusal("attribute reduction \(reduction)", expected: "none") }
    let data = try flow(node, 0)
    let indices = try constant(node, 1, "indices")
    let updates = try flow(node, 2)
    guard let depth = indices.shape.last, depth >= 1, depth <= data.shape.count,
      updates.shape == indices.shape.dropLast() + data.shape[depth...]
    else {
      throw Refusal(
        "indices \(indices.shape) and updates \(updates.shape) for data \(data.shape)",
        expected: "an update for each index")
    }
    try spend(indices.count + size(updates.shape))
    let rows = indices.count / depth
    let inner = size(data.shape[depth...])
    let strides = data.shape.strides
    let numbers = indices.integers
    var places: [Int] = []
    places.reserveCapacity(rows)
    for row in 0..<rows {
      var place = 0
      for axis in 0..<depth {
        let index = numbers[row * depth + axis]
        let counted = index < 0 ? index &+ data.shape[axis] : index
        guard (0..<data.shape[axis]).contains(counted) else {
          throw Refusal("index \(index) of \(data.shape[axis])", expected: "an index within the axis")
        }
        place += counted * strides[axis] / inner
      }
      places.append(place)
    }
    let outer = Array(data.shape[..<depth])
    if let box = box(places, in: outer) {
      let ranges = box + data.shape[depth...].map { 0..<$0 }
      return try replace(ranges[...], axis: 0, of: data, by: updates.viewed(ranges.map(\.count)))
    }
    let flat = size(data.shape)
    var origin = Array(0..<flat)
    for (row, place) in places.enumerated() {
      for index in 0..<inner { origin[place * inner + index] = flat + row * inner + index }
    }
    let both = try graph.concatenate([data.viewed([flat]), updates.viewed([size(updates.shape)])], axis: 0)
    return try graph.gather(both, axis: 0, origin).viewed(data.shape)
  }

  /// The ranges of which `places` are all numbers, in order; nothing if they are no such box.
  private func box(_ places: [Int], in shape: [Int]) -> [Range<Int>]? {
    guard let first = places.first, let last = places.last, first <= last else { return nil }
    let ranges = zip(shape, shape.strides).map { extent, stride in
      (first / stride % extent, last / stride % extent)
    }
    guard ranges.allSatisfy({ $0 <= $1 }) else { return nil }
    let box = ranges.map { $0..<$1 + 1 }
    guard size(box.map(\.count)) == places.count else { return nil }
    return walk(box.map(\.count), strides: shape.strides, offset: first) == places ? box : nil
  }

  /// `data` with the box `ranges`, of the axes from `axis` on, replaced.
  private mutating func replace(
    _ ranges: ArraySlice<Range<Int>>, axis: Int, of data: Flow, by updates: Flow
  ) throws(Refusal) -> Flow {
    guard let range = ranges.first else { return updates }
    let extent = data.shape[axis]
    let middle = try graph.slice(data, axis: axis, range)
    var parts = [try replace(ranges.dropFirst(), axis: axis + 1, of: middle, by: updates)]
    if range.lowerBound > 0 { parts.insert(try graph.slice(data, axis: axis, 0..<range.lowerBound), at: 0) }
    if range.upperBound < extent { parts.append(try graph.slice(data, axis: axis, range.upperBound..<extent)) }
    return try graph.concatenate(parts, axis: axis, flat: true)
  }
}
