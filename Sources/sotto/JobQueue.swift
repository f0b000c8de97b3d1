internal import Realtime

/// Work that takes long: some pieces at once, each on a thread of its own, all told in their order.
struct JobQueue<Value: Sendable> {
  /// What each piece is called while it is under way.
  let titles: [String]
  /// Does a piece.
  let work: @Sendable (_ index: Int, _ progress: inout ProgressPart) throws(Failure) -> Value

  private typealias Outcome = Result<Value, Failure>

  /// Does all pieces, unless the user ends it.
  ///
  /// - Parameters:
  ///   - count: How many at once.
  ///   - tell: Called for each once it and all before it are done, with nothing drawn on the terminal's line; not for
  ///     those that the user ended.
  /// - Returns: Whether all were done.
  func run(atOnce count: Int, tell: (Int, Result<Value, Failure>) -> Void) async -> Bool {
    let progress = Progress()
    var (started, told) = (0, 0)
    var waiting: [Int: Outcome] = [:]
    var interrupted = false
    await withTaskGroup(of: (Int, Outcome).self) { group in
      while true {
        while started < min(titles.count, told + waiting.count + count), !Interruption.came {
          let (index, work, title) = (started, work, numbered(started))
          group.addTask { (index, await Self.outcome(of: work, index, part: ProgressPart(title, of: progress))) }
          started += 1
        }
        guard let (index, outcome) = await group.next() else { break }
        waiting[index] = outcome
        progress.end(numbered(index)) {
          while let outcome = waiting.removeValue(forKey: told) {
            if case .failure(let failure) = outcome, failure.status == Failure.interrupted.status {
              interrupted = true
            } else {
              tell(told, outcome)
            }
            told += 1
          }
        }
      }
    }
    return !interrupted && told == titles.count
  }

  private static func outcome(
    of work: @escaping @Sendable (Int, inout ProgressPart) throws(Failure) -> Value, _ index: Int, part: ProgressPart
  ) async -> Outcome {
    await onOwnThread {
      var part = part
      do throws(Failure) { return .success(try work(index, &part)) } catch { return .failure(error) }
    }
  }

  private func numbered(_ index: Int) -> String {
    (titles.count > 1 ? "\(index + 1)/\(titles.count) " : "") + titles[index]
  }
}
