/// The word of `known` that `word` was probably meant to be: the nearest within two slips of the pen (one when the word
/// is short), else the first that `word` begins.
///
/// A slip is a letter too many, too few, wrong, or two letters swapped; the case of letters does not count. Of equally
/// near words the first counts.
///
/// - Complexity: The product of the words' lengths, for each known word.
public func nearest(to word: String, in known: [String]) -> String? {
  // A long word from anywhere must not cost its square in time.
  guard !word.isEmpty, word.utf8.count <= 64 else { return nil }
  let letters = Array(word.lowercased())
  let allowed = max(1, min(2, letters.count / 3))
  let scored = known.map { ($0, slips(letters, Array($0.lowercased()))) }
  if let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= allowed { return best.0 }
  return known.first { Array($0.lowercased()).starts(with: letters) }
}

/// Slips between two words (restricted Damerau-Levenshtein distance).
private func slips(_ one: [Character], _ two: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...two.count)
  for (i, a) in one.enumerated() {
    var row = [i + 1]
    for (j, b) in two.enumerated() {
      var least = min(last[j] + (a == b ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a == two[j - 1], b == one[i - 1] { least = min(least, beforeLast[j - 1] + 1) }
      row.append(least)
    }
    (beforeLast, last) = (last, row)
  }
  return last[two.count]
}
