import Synchronization

/// Set once by one thread, seen by another.
struct Flag: ~Copyable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .acquiring) }
  func set() { value.store(true, ordering: .releasing) }
}
