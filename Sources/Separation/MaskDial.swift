internal import Synchronization

/// What the operator turns while masks are being made: the threshold between accompaniment and voice.
///
/// - Thread: Set from any; read by the mask thread.
@safe
public final class MaskDial: @unchecked Sendable {
  /// Reached by pointer, since touching the object would count references.
  let value: UnsafeMutablePointer<Atomic<Float>>

  /// Begins at `threshold`, 0 to 1.
  public init(threshold: Float) {
    unsafe value = .allocate(capacity: 1)
    unsafe value.initialize(to: Atomic(threshold))
  }

  deinit {
    unsafe value.deinitialize(count: 1)
    unsafe value.deallocate()
  }

  /// A mask above this is 1, any other 0.
  public var threshold: Float {
    get { unsafe value.pointee.load(ordering: .relaxed) }
    set { unsafe value.pointee.store(newValue, ordering: .relaxed) }
  }
}
