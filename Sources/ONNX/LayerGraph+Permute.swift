internal import Text

extension LayerGraph {
  /// A tensor with its axes in another order; chains of such reorderings become one or none.
  mutating func permute(_ flow: Flow, _ order: [Int]) throws(Refusal) -> Flow {
    let shape = order.map { flow.shape[$0] }
    let source = unshaped(flow.source)
    let wanted = Reordering(shape: flow.shape, order: order)
    if let layer = layer(source), case .permute(let earlier) = layer.form {
      let before = Reordering(shape: self.shape(of: layer.from[0]), order: earlier)
      if let both = before.followed(by: wanted) {
        return Flow(source: try permute(unshaped(layer.from[0]), both), shape: shape)
      }
    }
    return Flow(source: try permute(source, wanted), shape: shape)
  }

  private mutating func permute(_ source: Source, _ reordering: Reordering) throws(Refusal) -> Source {
    let least = reordering.merged
    guard !least.isIdentity else { return source }
    return try add(
      "permute", .permute(least.order), from: [try shaped(source, least.shape)],
      keys: ["order": .array(least.order.map { .integer($0) })], shape: least.order.map { least.shape[$0] })
  }
}

/// Axes in another order: axis `i` of the result is axis `order[i]` of a tensor of shape `shape`.
struct Reordering: Equatable {
  var shape: [Int]
  var order: [Int]

  var isIdentity: Bool { order == Array(order.indices) }

  /// The same without axes of one, and with axes that stay side by side made one.
  var merged: Reordering {
    let kept = shape.indices.filter { shape[$0] != 1 }
    let dense = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    let axes = order.compactMap { dense[$0] }
    var runs: [[Int]] = []
    for axis in axes {
      if let last = runs.last?.last, last + 1 == axis { runs[runs.count - 1].append(axis) } else { runs.append([axis]) }
    }
    // Runs stand in the order of the result; their first axes tell the order in the tensor.
    let sorted = runs.indices.sorted { runs[$0][0] < runs[$1][0] }
    var rank = [Int](repeating: 0, count: runs.count)
    for (place, run) in sorted.enumerated() { rank[run] = place }
    return Reordering(shape: sorted.map { size(runs[$0].map { shape[kept[$0]] }) }, order: rank)
  }

  /// This and then `next`, whose tensor holds the same numbers, perhaps with axes cut elsewhere; nothing if the cuts
  /// do not go together.
  func followed(by next: Reordering) -> Reordering? {
    let between = order.map { shape[$0] }
    guard let fine = commonCuts(between, next.shape) else { return nil }
    let mine = split(between, into: fine)
    let theirs = split(next.shape, into: fine)
    // Where the finer axes of this tensor begin: those of axis 0 first, and so on.
    var pieces = [[Int]](repeating: [], count: shape.count)
    for (place, axis) in order.enumerated() { pieces[axis] = mine[place] }
    let starts = pieces.indices.map { axis in pieces[..<axis].reduce(0) { $0 + $1.count } }
    // For each finer axis between the two, the finer axis of this tensor that it is.
    let origin = order.flatMap { axis in pieces[axis].indices.map { starts[axis] + $0 } }
    let composed = next.order.flatMap { axis in theirs[axis].map { origin[$0] } }
    var extents = [Int](repeating: 1, count: fine.count)
    for (index, extent) in fine.enumerated() { extents[origin[index]] = extent }
    return Reordering(shape: extents, order: composed)
  }

  /// The numbers of the finer axes that each axis of `shape` is made of.
  private func split(_ shape: [Int], into fine: [Int]) -> [[Int]] {
    var next = 0
    return shape.map { extent in
      var axes: [Int] = []
      var product = 1
      while product < extent {
        product *= fine[next]
        axes.append(next)
        next += 1
      }
      return axes
    }
  }

  /// The axes between all cuts of two shapes of equally many numbers, where every cut falls on a whole number.
  private func commonCuts(_ one: [Int], _ other: [Int]) -> [Int]? {
    func cuts(_ shape: [Int]) -> Set<Int> { Set(shape.indices.map { size(shape[...$0]) }) }
    var fine: [Int] = []
    var last = 1
    for cut in cuts(one).union(cuts(other)).sorted() where cut > last {
      guard cut.isMultiple(of: last) else { return nil }
      fine.append(cut / last)
      last = cut
    }
    return fine
  }
}
