import Realtime
import Synchronization
import Testing

@Suite struct ThreadTests {
  @Test("A thread runs its body once and can be joined")
  func join() {
    let runs = Counter()
    let thread = RealtimeThread(priority: nil) { runs.add() }
    thread.join()
    #expect(runs.value == 1)
  }

  @Test("A wake-up posted before the wait is not lost, and none comes from nowhere")
  func wake() {
    let wake = Wake()
    #expect(!wake.wait(nanoseconds: 1_000_000))
    wake.handle().post()
    #expect(wake.wait(nanoseconds: 1_000_000_000))
  }

  @Test("Denormals vanish on a real-time thread, so that a fading state costs nothing")
  func denormals() {
    let result = Cell()
    RealtimeThread(priority: nil) { result.value = Cell.tiny * 0.5 }.join()
    #expect(result.value == 0)
  }

  @Test("A body on a thread of its own gives its value back")
  func ownThread() async {
    #expect(await onOwnThread { 6 * 7 } == 42)
  }

  final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
    func add() { count.wrappingAdd(1, ordering: .relaxed) }
  }

  final class Cell: @unchecked Sendable {
    /// Not a constant to the compiler, which would fold it.
    nonisolated(unsafe) static var tiny: Float = 1e-40
    var value: Float = 1
  }
}
