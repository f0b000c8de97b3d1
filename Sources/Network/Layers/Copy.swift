internal import CRealtime

/// Runs of a tensor copied to places at equal distances: one input of a ``ConcatenateForm``, or a state's update.
@safe
struct Copy {
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let run: Int
  let distance: Int
  let times: Int

  /// - Real-time: Wait-free.
  @_noLocks
  func step() {
    for index in 0..<times { unsafe rt_copy(input + index &* run, output + index &* distance, run) }
  }
}
