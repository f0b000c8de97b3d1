/// Which results are written where a later concatenation wants them, so that it has nothing to copy.
///
/// Every result is written by its own layer only, so it may lie inside a larger one. Of a network of dense blocks, each
/// of which appends to what came before, this saves a seventh of the time.
struct ConcatenationHomes {
  /// The concatenation in whose result a result lies, and where; `nil` for one that lies by itself.
  private(set) var homes: [(layer: Int, offset: Int)?]

  /// Finds homes for the results of `layers`, the last concatenation first, since it is the largest.
  init(_ layers: [ModelDescription.Layer]) {
    homes = Array(repeating: nil, count: layers.count)
    for index in layers.indices.reversed() {
      guard let form = layers[index].form as? ConcatenateForm, form.times == 1 else { continue }
      var offset = 0
      for (source, run) in zip(layers[index].sources, form.runs) {
        if case .result(let result) = source {
          let origin = Self.origin(of: result, in: layers)
          // Between its runs a concatenation keeps what it had, so nothing that runs at other times may write into it.
          if let origin, homes[origin] == nil, layers[origin].schedule.isAmong(layers[index].schedule) {
            homes[origin] = (index, offset)
          }
        }
        offset += run
      }
    }
  }

  /// The layer that writes the numbers of result `index`; `nil` where no layer does.
  private static func origin(of index: Int, in layers: [ModelDescription.Layer]) -> Int? {
    var index = index
    while true {
      switch layers[index].form.placement {
      case .own: return index
      case .tensor: return nil
      case .input:
        guard case .result(let source)? = layers[index].sources.first else { return nil }
        index = source
      }
    }
  }
}
