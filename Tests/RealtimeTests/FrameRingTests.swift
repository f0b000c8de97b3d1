import Realtime
import Testing

/// Frames between two threads arrive whole, in order and under their numbers, or not at all.
@Suite struct FrameRingTests {
  @Test("Frames come out as they went in, also across the seam of the ring")
  func order() throws {
    let ring = FrameRing(width: 3, capacity: 4)
    let (producer, consumer) = Self.ends(ring)
    var next = 0
    for round in 0..<20 {
      for _ in 0..<(round % 4 + 1) {
        let place = producer.reserve()
        let frame = try #require(place)
        for i in 0..<3 { frame[i] = Float(next * 3 + i) }
        producer.publish(next)
        next += 1
      }
      for number in next - (round % 4 + 1)..<next {
        #expect(consumer.nextNumber() == number)
        let frame = consumer.frame()
        #expect((0..<3).map { frame[$0] } == (0..<3).map { Float(number * 3 + $0) })
        consumer.discard()
      }
      #expect(consumer.nextNumber() == nil)
    }
  }

  @Test("A full ring refuses, and takes again when a place is free")
  func full() {
    let (producer, consumer) = Self.ends(FrameRing(width: 1, capacity: 3))
    for number in 0..<3 {
      #expect(producer.reserve() != nil)
      producer.publish(number)
    }
    #expect(producer.reserve() == nil)
    #expect(consumer.nextNumber() == 0)
    consumer.discard()
    #expect(producer.reserve() != nil)
  }

  @Test("What the reader awaits reaches the writer")
  func awaited() {
    let (producer, consumer) = Self.ends(FrameRing(width: 1, capacity: 2))
    consumer.await(42)
    #expect(producer.awaited() == 42)
  }

  /// The two ends behind references, since a test macro cannot look into a move-only value.
  final class Producer {
    private var end: FrameProducer
    init(_ end: consuming FrameProducer) { self.end = end }
    func reserve() -> UnsafeMutablePointer<Float>? { end.reserve() }
    func publish(_ number: Int) { end.publish(number: number) }
    func awaited() -> Int { end.awaited() }
  }

  final class Consumer {
    private var end: FrameConsumer
    init(_ end: consuming FrameConsumer) { self.end = end }
    func nextNumber() -> Int? { end.nextNumber() }
    func frame() -> UnsafePointer<Float> { end.frame() }
    func discard() { end.discard() }
    func await(_ number: Int) { end.await(number: number) }
  }

  static func ends(_ ring: consuming FrameRing) -> (Producer, Consumer) {
    (Producer(ring.producer), Consumer(ring.consumer))
  }
}
