/// What an axis of a frame or of a result counts, outermost first in our own order.
enum Axis: String, CaseIterable {
  case frames
  case sources
  case channels
  /// Real and imaginary part.
  case parts
  case bins
}

/// What each axis of an ONNX tensor counts; of an axis of one nothing, of others one thing or a product of several.
struct Axes: Equatable, CustomStringConvertible {
  let words: [[Axis]]

  init(_ words: [[Axis]]) { self.words = words }

  /// Reads words such as `1,planes,bins,1`.
  init?(_ text: String) {
    var words: [[Axis]] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      switch word {
      case "1": words.append([])
      case "planes": words.append([.channels, .parts])
      default:
        let parts = word.split(separator: "*", omittingEmptySubsequences: false).map { Axis(rawValue: String($0)) }
        guard !parts.contains(nil) else { return nil }
        words.append(parts.compactMap { $0 })
      }
    }
    let all = words.flatMap { $0 }
    guard Set(all).count == all.count, all.contains(.bins) else { return nil }
    self.words = words
  }

  var description: String {
    words.map { word in
      word.isEmpty ? "1" : word == [.channels, .parts] ? "planes" : word.map(\.rawValue).joined(separator: "*")
    }.joined(separator: ",")
  }

  /// All that is counted, in the tensor's order.
  var order: [Axis] { words.flatMap { $0 } }

  /// All that is counted, in our own order.
  var ours: [Axis] { Axis.allCases.filter(order.contains) }

  /// The extent of everything that is counted in a tensor of shape `shape`, where two channels and two parts are known;
  /// nothing if the words do not fit.
  func extents(in shape: [Int]) -> [Axis: Int]? {
    guard words.count == shape.count else { return nil }
    var extents: [Axis: Int] = [:]
    for (word, extent) in zip(words, shape) {
      switch word.count {
      case 0: guard extent == 1 else { return nil }
      case 1: extents[word[0]] = extent
      default:
        // Of a product all but one are known.
        let known: [Axis: Int] = [.parts: 2, .sources: 2]
        let open = word.filter { known[$0] == nil }
        guard open.count <= 1 else { return nil }
        let product = word.compactMap { known[$0] }.reduce(1, *)
        guard extent.isMultiple(of: product), !open.isEmpty || extent == product else { return nil }
        for axis in word { extents[axis] = known[axis] ?? extent / product }
      }
    }
    guard extents[.parts] ?? 2 == 2, extents[.sources] ?? 2 == 2, (1...2).contains(extents[.channels] ?? 1) else {
      return nil
    }
    return extents
  }

  /// Guesses what the axes of a frame of shape `shape` count: the longest is the bins, an axis of 2 the parts, one of 4
  /// channels and parts; nothing if it could be otherwise.
  init?(guessing shape: [Int], feature: ImportOptions.Feature?, channels: Int?) {
    let long = shape.indices.filter { shape[$0] != 1 }
    guard let bins = long.max(by: { shape[$0] < shape[$1] }), shape[bins] > 4 else { return nil }
    var words = [[Axis]](repeating: [], count: shape.count)
    words[bins] = [.bins]
    let rest = long.filter { $0 != bins }
    let hasParts = feature == .spectrum || (feature == nil && rest.allSatisfy { [2, 4].contains(shape[$0]) })
    switch (rest.count, hasParts) {
    case (0, _): break
    case (1, true):
      guard shape[rest[0]] == 2 || shape[rest[0]] == 4 else { return nil }
      words[rest[0]] = shape[rest[0]] == 4 ? [.channels, .parts] : [.parts]
    case (2, true):
      guard rest.allSatisfy({ shape[$0] == 2 }) else { return nil }
      words[rest[0]] = [.channels]
      words[rest[1]] = [.parts]
    case (1, false): words[rest[0]] = channels == 2 && shape[rest[0]] == 2 ? [.channels] : [.frames]
    default: return nil
    }
    self.words = words
  }
}
