internal import Text

/// The message for a word that is none of `known`, with the nearest of them when one is near.
func unknown(_ kind: String, _ word: String, known: [String]) -> String {
  if let nearest = nearest(to: word, in: known) {
    return "There is no \(kind) \"\(word)\". Did you mean \"\(nearest)\"?"
  }
  return "There is no \(kind) \"\(word)\". There are: \(known.joined(separator: ", "))."
}
