public import Synchronization

/// Hands a value from a control thread to a real-time thread, and the replaced one back.
///
/// The real-time thread never allocates and never frees: it takes what was posted and leaves what it has done with in
/// the return slot, for the control thread to collect. The real-time half is inlinable, so that the compiler can prove
/// it free of locks for the type that it is used with.
@safe
public struct Mailbox<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline let posted: Atomic<UnsafeMutablePointer<Value>?>
  @usableFromInline let retired: Atomic<UnsafeMutablePointer<Value>?>

  /// Makes an empty mailbox.
  public init() {
    unsafe posted = Atomic(nil)
    unsafe retired = Atomic(nil)
  }

  deinit {
    unsafe Self.free(posted.load(ordering: .acquiring))
    unsafe Self.free(retired.load(ordering: .acquiring))
  }

  /// Puts `value` on the heap, as the mailbox hands it over.
  ///
  /// - Real-time: Not real-time: allocates.
  @unsafe
  public static func box(_ value: consuming Value) -> UnsafeMutablePointer<Value> {
    let box = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    unsafe box.initialize(to: value)
    return unsafe box
  }

  /// Destroys and frees a boxed value.
  ///
  /// - Real-time: Not real-time: frees.
  public static func free(_ box: UnsafeMutablePointer<Value>?) {
    guard let box = unsafe box else { return }
    unsafe box.deinitialize(count: 1)
    unsafe box.deallocate()
  }

  /// Posts a boxed value, and frees one that was posted and never taken.
  ///
  /// - Real-time: Not real-time: may free.
  /// - Thread: Control only.
  @unsafe
  public borrowing func post(_ box: UnsafeMutablePointer<Value>) {
    unsafe Self.free(posted.exchange(box, ordering: .acquiringAndReleasing))
  }

  /// Takes back a posted value that the real-time side has not taken yet.
  ///
  /// - Thread: Control only.
  @unsafe
  public borrowing func recall() -> UnsafeMutablePointer<Value>? {
    unsafe posted.exchange(nil, ordering: .acquiringAndReleasing)
  }

  /// The value that the real-time side has given back, if any, now owned by the caller.
  ///
  /// - Thread: Control only.
  @unsafe
  public borrowing func collect() -> UnsafeMutablePointer<Value>? {
    unsafe retired.exchange(nil, ordering: .acquiringAndReleasing)
  }

  /// The posted value, if there is one and the last retired one was collected.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: Real-time side only.
  @unsafe @inlinable
  public borrowing func take() -> UnsafeMutablePointer<Value>? {
    guard unsafe retired.load(ordering: .acquiring) == nil else { return nil }
    return unsafe posted.exchange(nil, ordering: .acquiringAndReleasing)
  }

  /// Gives a value back for the control thread to free; the return slot must be empty, as ``take()`` has seen.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: Real-time side only.
  @unsafe @inlinable
  public borrowing func retire(_ box: UnsafeMutablePointer<Value>) {
    unsafe retired.store(box, ordering: .releasing)
  }
}
