private import Glibc
private import Synchronization

/// Whether the user has asked the program to end (SIGINT, SIGTERM).
enum Interruption {
  private static let flag = Atomic(false)

  static var came: Bool { flag.load(ordering: .relaxed) }

  /// From now on those signals are noted here and wake whatever waits, in place of ending the program at once.
  static func listen() {
    // Touched here, so that the signal's handler finds it made.
    flag.store(false, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] { signal(number) { _ in Interruption.note() } }
  }

  private static func note() { flag.store(true, ordering: .relaxed) }
}
