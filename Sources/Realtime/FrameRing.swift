internal import CRealtime
internal import Synchronization

/// What the two ends of a ``FrameRing`` share; freed by whichever end goes last.
@safe
struct FrameRingStorage: ~Copyable {
  let written = Atomic<Int>(0)
  let read = Atomic<Int>(0)
  let awaited = Atomic<Int>(Int.min)
  let owners = Atomic<Int>(2)
  let width: Int
  let capacity: Int
  let numbers: UnsafeMutablePointer<Int>
  let frames: UnsafeMutablePointer<Float>

  init(width: Int, capacity: Int) {
    precondition(width > 0 && capacity > 0, "a ring of \(capacity) frames of \(width) floats")
    self.width = width
    self.capacity = capacity
    unsafe numbers = .allocate(capacity: capacity)
    unsafe numbers.initialize(repeating: 0, count: capacity)
    unsafe frames = .allocate(capacity: capacity * width)
    unsafe frames.initialize(repeating: 0, count: capacity * width)
  }

  deinit {
    unsafe numbers.deallocate()
    unsafe frames.deallocate()
  }

  static func release(_ storage: UnsafeMutablePointer<FrameRingStorage>) {
    guard unsafe storage.pointee.owners.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 else {
      return
    }
    unsafe storage.deinitialize(count: 1)
    unsafe storage.deallocate()
  }
}

/// A wait-free queue of numbered frames between two threads, as its two ends.
///
/// A frame is `width` floats (magnitudes on the way to the mask thread, a mask on the way back) and carries its number,
/// so the reader sees at once what is missing or late. Neither end can be copied: "one producer, one consumer" is
/// checked by the compiler.
@frozen
public struct FrameRing: ~Copyable {
  /// The writing end.
  public var producer: FrameProducer
  /// The reading end.
  public var consumer: FrameConsumer

  /// Makes a ring for `capacity` frames of `width` floats.
  ///
  /// - Real-time: Not real-time: allocates.
  public init(width: Int, capacity: Int) {
    let storage = UnsafeMutablePointer<FrameRingStorage>.allocate(capacity: 1)
    unsafe storage.initialize(to: FrameRingStorage(width: width, capacity: capacity))
    producer = unsafe FrameProducer(storage: storage)
    consumer = unsafe FrameConsumer(storage: storage)
  }
}

/// The writing end of a ``FrameRing``.
@safe
public struct FrameProducer: ~Copyable, @unchecked Sendable {
  let storage: UnsafeMutablePointer<FrameRingStorage>

  deinit { unsafe FrameRingStorage.release(storage) }

  /// The number that the reader said it waits for: a frame with a lower one would come too late.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  public func awaited() -> Int { unsafe storage.pointee.awaited.load(ordering: .relaxed) }

  /// Where the next frame may be written, or `nil` while the ring is full.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: Producer only.
  @_noLocks
  public mutating func reserve() -> UnsafeMutablePointer<Float>? {
    let written = unsafe storage.pointee.written.load(ordering: .relaxed)
    let read = unsafe storage.pointee.read.load(ordering: .acquiring)
    guard unsafe written &- read < storage.pointee.capacity else { return nil }
    return unsafe storage.pointee.frames + (written % storage.pointee.capacity) * storage.pointee.width
  }

  /// Publishes the frame written where ``reserve()`` said, under `number`.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: Producer only.
  @_noLocks
  public mutating func publish(number: Int) {
    let written = unsafe storage.pointee.written.load(ordering: .relaxed)
    unsafe storage.pointee.numbers[written % storage.pointee.capacity] = number
    unsafe storage.pointee.written.store(written &+ 1, ordering: .releasing)
  }
}

/// The reading end of a ``FrameRing``.
@safe
public struct FrameConsumer: ~Copyable, @unchecked Sendable {
  let storage: UnsafeMutablePointer<FrameRingStorage>

  deinit { unsafe FrameRingStorage.release(storage) }

  /// Tells the producer that frames numbered below `number` are no longer of use.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: Consumer only.
  @_noLocks
  public func await(number: Int) { unsafe storage.pointee.awaited.store(number, ordering: .relaxed) }

  /// The number of the oldest frame, or `nil` while the ring is empty.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: Consumer only.
  @_noLocks
  public mutating func nextNumber() -> Int? { number(after: 0) }

  /// The number of the frame that came `older` frames after the oldest, or `nil` where there is none yet.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: Consumer only.
  @_noLocks
  public mutating func number(after older: Int) -> Int? {
    let read = unsafe storage.pointee.read.load(ordering: .relaxed)
    guard unsafe storage.pointee.written.load(ordering: .acquiring) &- read > older else { return nil }
    return unsafe storage.pointee.numbers[(read &+ older) % storage.pointee.capacity]
  }

  /// The floats of the oldest frame, or of one that came `older` frames after it; only after ``number(after:)`` has
  /// found it, and until ``discard()``.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: Consumer only.
  @_noLocks
  public mutating func frame(after older: Int = 0) -> UnsafePointer<Float> {
    let read = unsafe storage.pointee.read.load(ordering: .relaxed) &+ older
    return unsafe UnsafePointer(storage.pointee.frames + (read % storage.pointee.capacity) * storage.pointee.width)
  }

  /// Gives the oldest frame's place back to the producer.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: Consumer only.
  @_noLocks
  public mutating func discard() {
    let read = unsafe storage.pointee.read.load(ordering: .relaxed)
    unsafe storage.pointee.read.store(read &+ 1, ordering: .releasing)
  }
}
