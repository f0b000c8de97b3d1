/// In which frames a layer runs: at frame `at`, and at each `every`-th after it.
///
/// So networks with strides along time run; layers that run as rarely, but not in the same frames, share the work of a
/// run among these.
struct Schedule: Sendable, Hashable {
  /// In every frame.
  static let always = Schedule(every: 1, at: 0)

  /// Frames a run.
  let every: Int
  /// The frame of the first run, one of the first ``every``.
  let at: Int

  /// Whether the layer runs in `frame`.
  ///
  /// - Real-time: Wait-free.
  @_noLocks
  func isDue(_ frame: Int) -> Bool { every == 1 || frame % every == at }

  /// Whether each run falls into the same frame as one of `other`.
  func isAmong(_ other: Schedule) -> Bool { every.isMultiple(of: other.every) && at % other.every == other.at }

  /// How many runs there are before the first of `other`, or before the first one at which `other` has run.
  func runs(before other: Schedule) -> Int { max(0, (other.at - at + every - 1) / every) }
}
