import Realtime
import Testing

@testable import Separation

/// The crossings between threads under a race detector.
///
/// On POSIX threads: it misses the same races between tasks.
@Suite struct RaceTests {
  final class Cell<Value: ~Copyable>: @unchecked Sendable {
    var value: Value
    init(_ value: consuming Value) { self.value = value }
  }

  @Test("Frames cross between two threads whole and in order")
  func frames() {
    let ring = FrameRing(width: 16, capacity: 8)
    let producer = Cell(ring.producer)
    let consumer = Cell(ring.consumer)
    let count = 20_000
    let faults = Cell(0)
    let writer = RealtimeThread(priority: nil) {
      var number = 0
      while number < count {
        guard let frame = producer.value.reserve() else { continue }
        for i in 0..<16 { frame[i] = Float(number &+ i) }
        producer.value.publish(number: number)
        number += 1
      }
    }
    let reader = RealtimeThread(priority: nil) {
      var expected = 0
      while expected < count {
        guard let number = consumer.value.nextNumber() else { continue }
        let frame = consumer.value.frame()
        if number != expected || (0..<16).contains(where: { frame[$0] != Float(number &+ $0) }) {
          faults.value += 1
        }
        consumer.value.discard()
        consumer.value.await(number: number)
        expected += 1
      }
    }
    writer.join()
    reader.join()
    #expect(faults.value == 0)
  }

  @Test("Values cross through a mailbox and back without two owners")
  func mailbox() {
    let mailbox = Cell(Mailbox<[Int]>())
    let rounds = 2_000
    let faults = Cell(0)
    let control = RealtimeThread(priority: nil) {
      var posted = 0
      while posted < rounds {
        mailbox.value.post(Mailbox.box([posted, posted]))
        posted += 1
        Mailbox.free(mailbox.value.collect())
      }
    }
    let audio = RealtimeThread(priority: nil) {
      var last = -1
      for _ in 0..<rounds * 4 {
        guard let value = mailbox.value.take() else { continue }
        if value.pointee[0] != value.pointee[1] || value.pointee[0] <= last { faults.value += 1 }
        last = value.pointee[0]
        mailbox.value.retire(value)
      }
    }
    control.join()
    audio.join()
    #expect(faults.value == 0)
  }

  @Test("The two halves of a separator run on two threads")
  func separator() {
    let (request, arrival) = (Wake(), Wake())
    let parts = SeparatorParts(
      settings: SeparatorSettings(method: .centre(CentreSettings())), rate: 48000, channels: 2, period: 256,
      slack: 256, request: request, arrival: arrival)
    let separator = Cell(parts.separator)
    let estimation = Cell(parts.estimation)
    let isDone = Cell(Flag())
    let mask = RealtimeThread(priority: nil) {
      while !isDone.value.isSet {
        if request.wait(nanoseconds: 10_000_000) { while estimation.value?.step() ?? .idle != .idle {} }
      }
    }
    let audio = RealtimeThread(priority: nil) {
      let planes = SampleBuffer(count: 6 * 256)
      let pointers = UnsafeMutablePointer<UnsafeMutablePointer<Float>>.allocate(capacity: 6)
      for plane in 0..<6 { (pointers + plane).initialize(to: planes.base + plane * 256) }
      for cycle in 0..<2_000 {
        for i in 0..<512 { planes.base[i] = Float((cycle &* 31 &+ i &* 17) % 200 &- 100) * 0.01 }
        pointers.withMemoryRebound(to: UnsafePointer<Float>.self, capacity: 2) { inputs in
          // Now and then at the offline pace, as when a server begins to freewheel.
          separator.value.process(
            input: inputs, voice: pointers + 2, dry: pointers + 4, offset: 0, count: 256,
            pace: cycle / 100 % 2 == 0 ? .live : .offline)
        }
      }
      pointers.deallocate()
    }
    audio.join()
    isDone.value.set()
    mask.join()
    // The last frame still has its period in hand.
    #expect(separator.value.frames == 1_999)
  }
}
