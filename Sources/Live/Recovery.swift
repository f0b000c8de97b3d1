/// Decides when to leave a fallback again for the preset that the operator wants.
///
/// Time is counted in looks, four a second. The way back is tried only after some seconds without a late frame, and
/// after each return that did not last the wait is twice as long: a machine at its limit is not to swing to and fro.
struct Recovery: Sendable {
  /// 10 s without a late frame.
  static let firstWait = 40
  /// 5 min 20 s.
  static let longestWait = 1280
  /// A return has lasted when for 40 s no fallback was needed.
  static let lasting = 160

  /// The preset that is to come back; `nil` while the one that is heard is the one that is wanted.
  private(set) var wanted: String?
  private var wait = firstWait
  private var quiet = 0
  private var late = 0
  /// Looks since the last return, until it has lasted.
  private var sinceReturn: Int?

  /// A fallback was asked for in place of `preset`; of a chain of fallbacks the first preset stays the wanted one.
  mutating func fallBack(from preset: String) {
    if sinceReturn != nil { wait = min(wait * 2, Self.longestWait) }
    sinceReturn = nil
    wanted = wanted ?? preset
    quiet = 0
  }

  /// Takes the late frames counted by now; true when the machine has been quiet for long enough to try the way back.
  mutating func look(late: Int) -> Bool {
    if let looks = sinceReturn {
      sinceReturn = looks + 1 < Self.lasting ? looks + 1 : nil
      if sinceReturn == nil { wait = Self.firstWait }
    }
    guard wanted != nil else { return false }
    quiet = late == self.late ? quiet + 1 : 0
    self.late = late
    return quiet >= wait
  }

  /// The way back was tried and is not free yet; the next try may be due twice as late.
  mutating func stay(longer: Bool = false) {
    quiet = 0
    if longer { wait = min(wait * 2, Self.longestWait) }
  }

  /// The preset that is heard now; the wanted one has returned when that is it.
  mutating func hear(_ preset: String) {
    guard preset == wanted else { return }
    wanted = nil
    sinceReturn = 0
  }

  /// The operator has chosen: nothing is to come back any more.
  mutating func cancel() { self = Recovery() }
}
