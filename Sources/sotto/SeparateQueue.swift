internal import Realtime

/// Recordings that are separated, some at once, each on a thread of its own, and told in their order.
struct SeparateQueue {
  let jobs: [SeparateJob]
  let json: Bool

  private typealias Outcome = Result<SeparateJob.Result, Failure>

  /// Separates them all, unless the user ends it; returns the first failure.
  ///
  /// Each is told when all before it have been. Threads share nothing but the weights, so that the stems do not depend
  /// on how many there are.
  func run(atOnce count: Int) async -> Failure? {
    let progress = Progress()
    var (started, told) = (0, 0)
    var waiting: [Int: Outcome] = [:]
    var first: Failure?
    var interrupted = false
    await withTaskGroup(of: (Int, Outcome).self) { group in
      while true {
        while started < min(jobs.count, told + waiting.count + count), !Interruption.came {
          let (index, job, title) = (started, jobs[started], title(of: started))
          group.addTask { (index, await Self.outcome(of: job, part: ProgressPart(title, of: progress))) }
          started += 1
        }
        guard let (index, outcome) = await group.next() else { break }
        waiting[index] = outcome
        progress.end(title(of: index)) {
          while let outcome = waiting.removeValue(forKey: told) {
            told += 1
            switch outcome {
            case .success(let result): if json { try? write(json: result) } else { write(result.words) }
            case .failure(let failure) where failure.status == Failure.interrupted.status: interrupted = true
            case .failure(let failure):
              _ = failure.told(json: json)
              first = first ?? failure
            }
          }
        }
      }
    }
    // Said once, however many were under way.
    if interrupted || told < jobs.count {
      _ = Failure.interrupted.told(json: json)
      first = first ?? .interrupted
    }
    return first
  }

  private static func outcome(of job: SeparateJob, part: ProgressPart) async -> Outcome {
    await onOwnThread {
      var part = part
      do throws(Failure) { return .success(try job.run(progress: &part)) } catch { return .failure(error) }
    }
  }

  private func title(of index: Int) -> String {
    (jobs.count > 1 ? "\(index + 1)/\(jobs.count) " : "") + jobs[index].files.input
  }
}

extension SeparateJob.Result {
  /// What was made, for people.
  fileprivate var words: String {
    let taken = nonFinite > 0 ? ", \(nonFinite) samples that were no sound taken as zero" : ""
    return """
      \(input): \(decimal(seconds)) s in \(decimal(elapsed)) s, \(decimal(timesRealTime)) times real time\(taken)
        \(voice)
        \(accompaniment)

      """
  }
}
