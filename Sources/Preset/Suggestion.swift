/// The word of `words` that `word` was probably meant to be, or nil where none is close.
///
/// Close is a third of the letters, counted in letters left out, put in, changed, or swapped with their neighbour.
func closest(to word: String, among words: some Sequence<String>) -> String? {
  let distances = words.map { (distance(Array(word.lowercased()), Array($0.lowercased())), $0) }
  guard let best = distances.min(by: { ($0.0, $0.1) < ($1.0, $1.1) }) else { return nil }
  return best.0 <= max(1, best.1.count / 3) ? best.1 : nil
}

/// How many letters must be left out, put in, changed or swapped to make `two` from `one`.
private func distance(_ one: [Character], _ two: [Character]) -> Int {
  // A word far longer than any key needs no arithmetic.
  guard one.count <= 64, two.count <= 64 else { return .max }
  var before: [Int] = []
  var previous = Array(0...two.count)
  for (i, a) in one.enumerated() {
    var current = [i + 1]
    for (j, b) in two.enumerated() {
      var least = min(previous[j] + (a == b ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
      if i > 0, j > 0, a == two[j - 1], b == one[i - 1] { least = min(least, before[j - 1] + 1) }
      current.append(least)
    }
    (before, previous) = (previous, current)
  }
  return previous[two.count]
}
