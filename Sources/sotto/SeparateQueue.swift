/// Recordings that are separated, some at once, and told in their order.
struct SeparateQueue {
  let jobs: [SeparateJob]
  let json: Bool

  /// Separates them all, unless the user ends it; returns the first failure.
  ///
  /// Threads share nothing but the weights, so that the stems do not depend on how many there are.
  func run(atOnce count: Int) async -> Failure? {
    let jobs = jobs
    let queue = JobQueue(titles: jobs.map(\.files.input)) { index, progress throws(Failure) in
      try jobs[index].run(progress: &progress)
    }
    var first: Failure?
    let isWhole = await queue.run(atOnce: count) { _, outcome in
      switch outcome {
      case .success(let result): if json { try? write(json: result) } else { write(result.words) }
      case .failure(let failure):
        _ = failure.told(json: json)
        first = first ?? failure
      }
    }
    // Said once, however many were under way.
    if !isWhole {
      _ = Failure.interrupted.told(json: json)
      first = first ?? .interrupted
    }
    return first
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
