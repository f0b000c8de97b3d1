/// Watches the share of late frames over the last seconds.
struct Overload: Sendable {
  /// How many looks make up the time that is judged: 4 s at four looks a second.
  private static let looks = 16
  private var history: [(frames: Int, late: Int)] = []

  /// Takes the counters' present values; true when most frames since ``looks`` looks ago were late.
  mutating func isSustained(frames: Int, late: Int) -> Bool {
    history.append((frames, late))
    guard history.count > Self.looks else { return false }
    let oldest = history.removeFirst()
    let passed = frames - oldest.frames
    return passed > Self.looks && (late - oldest.late) * 2 > passed
  }
}
