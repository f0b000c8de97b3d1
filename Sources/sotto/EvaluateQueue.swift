internal import ArgumentParser

/// Clips that are measured, some at once, and brought together in their order.
struct EvaluateQueue {
  let clips: [EvaluateClip]
  let systems: [EvaluateSystem]
  let json: Bool

  /// Measures all clips, unless the user ends it.
  ///
  /// Failures are told as they come. Nothing is measured in an order that figures would depend on.
  ///
  /// - Returns: What was measured, `nil` when the user ended it; and the first failure.
  func run(atOnce count: Int) async -> (EvaluateResult?, Failure?) {
    let began = ContinuousClock.now
    let jobs = clips.map { EvaluateJob(clip: $0, systems: systems) }
    let queue = JobQueue(titles: clips.map(\.name)) { index, progress throws(Failure) in
      try jobs[index].run(progress: &progress)
    }
    var measured = [[EvaluateJob.Measured]](repeating: [], count: systems.count)
    var losses: [EvaluateResult.Loss] = []
    var (first, known, seconds, cost): (Failure?, Int, Double, EvaluateCost) = (nil, 0, 0, EvaluateCost())
    func lose(_ failure: Failure, _ clip: Int, _ system: EvaluateSystem?) {
      _ = failure.told(json: json)
      first = first ?? failure
      losses.append(
        EvaluateResult.Loss(
          clip: clips[clip].name, system: system?.name, status: failure.status, message: failure.message))
    }
    let isWhole = await queue.run(atOnce: count) { clip, outcome in
      switch outcome {
      case .failure(let failure): lose(failure, clip, nil)
      case .success(let outcome):
        (known, seconds, cost) = (known + 1, seconds + outcome.seconds, cost + outcome.cost)
        for (index, result) in outcome.results.enumerated() {
          switch result {
          case .success(let one): measured[index].append(one)
          case .failure(let failure): lose(failure, clip, systems[index])
          }
        }
      }
    }
    guard isWhole else {
      _ = Failure.interrupted.told(json: json)
      return (nil, .interrupted)
    }
    let result = EvaluateResult(
      version: Sotto.configuration.version, clips: known, seconds: seconds,
      elapsed: (ContinuousClock.now - began) / .seconds(1), cost: cost,
      systems: zip(systems, measured).map { EvaluateResult.System($0, measured: $1) }, failures: losses)
    return (result, first)
  }
}
