internal import CRealtime
internal import Synchronization

/// How long the steps of an estimator took: counts in quarter-octave classes, written by one thread, read by any.
@safe
public struct StepTimes: ~Copyable, @unchecked Sendable {
  private static var classes: Int { @_noLocks get { 128 } }
  private let counts: UnsafeMutablePointer<Atomic<Int>>
  private let longest = Atomic<Int>(0)
  private let total = Atomic<Int>(0)

  /// Begins with no step counted.
  public init() {
    unsafe counts = .allocate(capacity: Self.classes)
    for index in 0..<Self.classes { unsafe (counts + index).initialize(to: Atomic(0)) }
  }

  deinit {
    unsafe counts.deinitialize(count: Self.classes)
    unsafe counts.deallocate()
  }

  /// Counts a step of `nanoseconds`.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: One thread only.
  @_noLocks
  public borrowing func record(nanoseconds: UInt64) {
    unsafe counts[Self.index(of: nanoseconds)].wrappingAdd(1, ordering: .relaxed)
    total.wrappingAdd(Int(truncatingIfNeeded: nanoseconds), ordering: .relaxed)
    if Int(truncatingIfNeeded: nanoseconds) > longest.load(ordering: .relaxed) {
      longest.store(Int(truncatingIfNeeded: nanoseconds), ordering: .relaxed)
    }
  }

  /// The sum of all steps in seconds.
  public borrowing func busySeconds() -> Double { Double(total.load(ordering: .relaxed)) * 1e-9 }

  /// The number of steps.
  public borrowing func count() -> Int {
    var steps = 0
    for index in 0..<Self.classes { unsafe steps += counts[index].load(ordering: .relaxed) }
    return steps
  }

  /// The longest step in seconds.
  public borrowing func longestSeconds() -> Double { Double(longest.load(ordering: .relaxed)) * 1e-9 }

  /// The time in seconds that a share of all steps did not exceed, to a quarter of an octave; 0 before the first step.
  public borrowing func seconds(share: Double) -> Double {
    let steps = count()
    guard steps > 0 else { return 0 }
    var wanted = Int((Double(steps) * share).rounded(.up))
    for index in 0..<Self.classes {
      unsafe wanted -= counts[index].load(ordering: .relaxed)
      if wanted <= 0, index < Self.classes - 1 { return min(Self.upperBound(of: index), longestSeconds()) }
    }
    return longestSeconds()
  }

  /// Four classes an octave, told apart by the two bits below the highest one.
  @_noLocks
  private static func index(of nanoseconds: UInt64) -> Int {
    let value = max(nanoseconds, 4)
    let octave = 63 &- value.leadingZeroBitCount
    let quarter = Int(truncatingIfNeeded: (value >> UInt64(octave &- 2)) & 3)
    return min(octave &* 4 &+ quarter, classes &- 1)
  }

  private static func upperBound(of index: Int) -> Double {
    let (octave, quarter) = (index / 4, index % 4)
    return Double(4 + quarter + 1) / 4 * Double(1 << min(octave, 62)) * 1e-9
  }
}
