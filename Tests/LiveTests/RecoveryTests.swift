import Testing

@testable import Live

/// When to leave a fallback for the preset that the operator wants.
@Suite struct RecoveryTests {
  /// How many quiet looks it takes until the way back is tried.
  static func looks(_ recovery: inout Recovery, late: Int = 0) -> Int {
    for look in 1...10_000 where recovery.look(late: late) { return look }
    return 0
  }

  @Test("Nothing is to come back before something gave way, nor after it came back or the operator chose")
  func nothing() {
    var recovery = Recovery()
    let before = Self.looks(&recovery)
    #expect(before == 0)
    recovery.fallBack(from: "net")
    #expect(recovery.wanted == "net")
    recovery.hear("centre")
    #expect(recovery.wanted == "net")
    recovery.hear("net")
    let returned = Self.looks(&recovery)
    #expect(recovery.wanted == nil && returned == 0)
    recovery.fallBack(from: "net")
    recovery.cancel()
    let chosen = Self.looks(&recovery)
    #expect(recovery.wanted == nil && chosen == 0)
  }

  @Test("The way back is tried after ten seconds without a late frame, four looks a second")
  func quiet() {
    var recovery = Recovery()
    recovery.fallBack(from: "net")
    let tries = (1...100).count { recovery.look(late: $0) }
    #expect(tries == 0)
    let first = Self.looks(&recovery, late: 100)
    #expect(first == 40)
    recovery.stay()
    let second = Self.looks(&recovery, late: 100)
    #expect(second == 40, "the way was not free, and is tried again as late")
  }

  @Test("Each return that does not last doubles the wait, up to more than five minutes; one that lasts ends that")
  func growing() {
    var recovery = Recovery()
    recovery.fallBack(from: "net")
    var waits: [Int] = []
    for _ in 0..<8 {
      waits.append(Self.looks(&recovery))
      recovery.hear("net")
      for _ in 0..<20 { _ = recovery.look(late: 0) }
      recovery.fallBack(from: "net")
    }
    #expect(waits == [40, 80, 160, 320, 640, 1280, 1280, 1280])
    _ = Self.looks(&recovery)
    recovery.hear("net")
    for _ in 0..<Recovery.lasting { _ = recovery.look(late: 0) }
    recovery.fallBack(from: "net")
    let last = Self.looks(&recovery)
    #expect(last == 40)
  }

  @Test("Of a chain of fallbacks the first preset is the wanted one")
  func chain() {
    var recovery = Recovery()
    recovery.fallBack(from: "net")
    recovery.hear("small")
    recovery.fallBack(from: "small")
    recovery.hear("centre")
    #expect(recovery.wanted == "net")
  }
}
