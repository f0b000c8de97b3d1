/// Which results are written where a later concatenation wants them, so that it has nothing to copy.
///
/// Every result is written by its own layer only, so it may lie inside a larger one. Of a network of dense blocks, each
/// of which appends to what came before, this saves a seventh of the time. Of one that appends the newest frames to those
/// before them in every channel, the history that holds these writes its frames where they belong, too.
struct ConcatenationHomes {
  /// The concatenation in whose result a result lies.
  struct Home {
    var layer: Int
    /// Where in it.
    var offset: Int
    /// Floats from one part of a result that does not lie together to the next.
    var distance: Int?
  }

  /// Where results lie; `nil` for one that lies by itself.
  private(set) var homes: [Home?]

  /// Finds homes for the results of `layers`, the last concatenation first, since it is the largest.
  init(_ layers: [ModelDescription.Layer]) {
    homes = Array(repeating: nil, count: layers.count)
    let readers = Folding.readers(layers)
    for index in layers.indices.reversed() {
      guard let form = layers[index].form as? ConcatenateForm else { continue }
      var offset = 0
      for (source, run) in zip(layers[index].sources, form.runs) {
        if case .result(let result) = source {
          let origin = Self.origin(of: result, in: layers)
          // Between its runs a concatenation keeps what it had, so nothing that runs at other times may write into it.
          if let origin, homes[origin] == nil, layers[origin].schedule.isAmong(layers[index].schedule) {
            let whole = form.runs.reduce(0, +)
            if form.times == 1 {
              homes[origin] = Home(layer: index, offset: offset)
            } else if Self.isApart(origin, parts: form.times, of: run, in: layers, readers: readers, from: result) {
              homes[origin] = Home(layer: index, offset: offset, distance: whole)
            }
          }
        }
        offset += run
      }
    }
  }

  /// Whether layer `origin` can write its result in so many parts of so many numbers, and nobody but the reader of
  /// `result`, which has the same numbers, wants them together.
  private static func isApart(
    _ origin: Int, parts: Int, of numbers: Int, in layers: [ModelDescription.Layer], readers: [Int], from result: Int
  ) -> Bool {
    guard let history = layers[origin].form as? HistoryForm, history.parts == parts,
      history.shape.numbers == parts * numbers
    else { return false }
    var index = result
    while readers[index] == 1, index != origin, case .result(let source)? = layers[index].sources.first {
      index = source
    }
    return index == origin && readers[origin] == 1
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
