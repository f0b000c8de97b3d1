/// Finds the known word that a mistyped one was meant to be.
public enum Suggestion {
  /// The nearest of `known` words within two slips of the pen (a third of the word's length when it is short), if any.
  ///
  /// A slip is a letter too many, too few, wrong, or two letters swapped; the case of letters does not count.
  ///
  /// - Complexity: the product of the words' lengths, for each known word.
  public static func nearest(to word: String, in known: [String]) -> String? {
    // A long word from the socket must not cost its square in time.
    guard word.utf8.count <= 64 else { return nil }
    let letters = Array(word.lowercased())
    let allowed = max(1, min(2, letters.count / 3))
    let scored = known.map { ($0, distance(letters, Array($0.lowercased()))) }
    guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= allowed else {
      return known.first { !word.isEmpty && $0.lowercased().hasPrefix(word.lowercased()) }
    }
    return best.0
  }

  /// Slips between two words (restricted Damerau-Levenshtein distance).
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var slips = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { slips = min(slips, beforeLast[j - 1] + 1) }
        row.append(slips)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
