/// Watches over the last seconds whether most of something is bad.
struct Overload: Sendable {
  /// How many looks make up the time that is judged: 4 s at four looks a second.
  private static let looks = 16
  private var history: [(all: Int, bad: Int)] = []

  /// Takes the counters' present values; true when of what has come since ``looks`` looks ago most was bad.
  mutating func isSustained(all: Int, bad: Int) -> Bool {
    history.append((all, bad))
    guard history.count > Self.looks else { return false }
    let oldest = history.removeFirst()
    let passed = all - oldest.all
    return passed > Self.looks && (bad - oldest.bad) * 2 > passed
  }
}
