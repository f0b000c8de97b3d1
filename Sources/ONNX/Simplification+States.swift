/// States that are read in pieces.
extension Simplification {
  /// A piece of a state that something reads.
  private struct Piece {
    /// The slice that gives it.
    let layer: Int
    let box: [Range<Int>]
  }

  /// Graphs like to hand on all their caches in one tensor, which they cut up at once and put together in the end; each
  /// piece becomes a state of its own where what it will hold is there in one piece, too.
  mutating func splitStates() throws(Refusal) {
    let live = live()
    var readers: [Int: [Int]] = [:]
    for index in live {
      for case .layer(let origin) in graph.layers[index].from { readers[origin, default: []].append(index) }
    }
    let updates = Set(live.compactMap { graph.layers[$0].update })
    for index in live where graph.layers[index].form == .state {
      guard let pieces = pieces(of: index, readers, updates), let update = graph.layers[index].update else { continue }
      var parts: [Source] = []
      for piece in pieces { if let part = whole(update, piece.box) { parts.append(part) } }
      guard parts.count == pieces.count else { continue }
      for (piece, part) in zip(pieces, parts) {
        var layer = graph.layers[index]
        layer.shape = graph.layers[piece.layer].shape
        layer.update = part
        layer.label =
          graph.layers[index].label + "-"
          + piece.box.filter { $0.lowerBound > 0 || $0.upperBound > 0 }
          .map { "\($0.lowerBound)" }.joined(separator: "-")
        graph.layers[piece.layer] = layer
      }
    }
  }

  /// The pieces in which the state `index` is read, or nothing if it is read whole.
  private func pieces(of index: Int, _ readers: [Int: [Int]], _ updates: Set<Source>) -> [Piece]? {
    var pieces: [Piece] = []
    var open = [Piece(layer: index, box: graph.layers[index].shape.map { 0..<$0 })]
    while let piece = open.popLast() {
      let readers = readers[piece.layer] ?? []
      let slices = readers.compactMap { reader -> Piece? in
        guard case .slice(let axis, let range) = graph.layers[reader].form else { return nil }
        var box = piece.box
        box[axis] = box[axis].lowerBound + range.lowerBound..<box[axis].lowerBound + range.upperBound
        return Piece(layer: reader, box: box)
      }
      let isUpdate = updates.contains(.layer(piece.layer)) || result == .layer(piece.layer)
      if piece.layer == index {
        guard slices.count == readers.count, !isUpdate, !slices.isEmpty else { return nil }
      } else if slices.count < readers.count || isUpdate || readers.isEmpty {
        pieces.append(piece)
      }
      open += slices
    }
    return pieces
  }

  /// The layer whose whole result is `box` of `source`, looking through concatenations.
  private func whole(_ source: Source, _ box: [Range<Int>]) -> Source? {
    var (source, box) = (source, box)
    while true {
      let shape = graph.shape(of: source)
      if box == shape.map({ 0..<$0 }) { return source }
      guard let layer = graph.layer(source) else { return nil }
      switch layer.form {
      case .reshape:
        let inner = graph.shape(of: layer.from[0])
        guard inner.squeezed == shape.squeezed else { return nil }
        var ranges = zip(shape, box).filter { $0.0 != 1 }.map(\.1)
        box = inner.map { $0 == 1 ? 0..<1 : ranges.removeFirst() }
        source = layer.from[0]
      case .concatenate(let axis):
        var start = 0
        var found: Source?
        for part in layer.from {
          let end = start + graph.shape(of: part)[axis]
          if start <= box[axis].lowerBound, box[axis].upperBound <= end {
            box[axis] = box[axis].lowerBound - start..<box[axis].upperBound - start
            found = part
            break
          }
          start = end
        }
        guard let found else { return nil }
        source = found
      default: return nil
      }
    }
  }
}
