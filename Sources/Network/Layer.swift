/// A layer of any kind: to add one, write its file and a case here, and the compiler lists the places.
enum Layer: ~Copyable {
  case dense(Dense)

  /// The layer's output for the floats at `input`; valid until the next step.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func step(_ input: UnsafePointer<Float>) -> UnsafePointer<Float> {
    switch consume self {
    case .dense(var dense):
      let output = unsafe dense.step(input)
      self = .dense(dense)
      return unsafe output
    }
  }

  /// Forgets the past.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  mutating func reset() {
    switch consume self {
    case .dense(var dense):
      dense.reset()
      self = .dense(dense)
    }
  }
}
