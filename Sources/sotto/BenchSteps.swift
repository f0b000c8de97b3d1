/// How long the steps of one program took, in processor time: one after the other, and with the caches disturbed before
/// each.
struct BenchSteps {
  private(set) var hot: [Double] = []
  private(set) var paced: [Double] = []

  /// Takes steps for some seconds, at least three of them.
  ///
  /// - Parameters:
  ///   - disturbance: What happens before each step; `nil` for nothing.
  ///   - cycle: Steps that are measured as one, their mean, since what they cost comes round in so many.
  mutating func take(
    seconds: Double, disturbed disturbance: BenchDisturbance?, cycle: Int = 1, _ step: () -> Void
  ) {
    let end = BenchPace.now + Int(seconds * 1e9)
    var times: [Double] = []
    while BenchPace.now < end || times.count < 3 {
      var sum = 0.0
      for _ in 0..<cycle {
        disturbance?.happen()
        sum += BenchPace.threadTime(step)
      }
      times.append(sum / Double(cycle))
    }
    add(times, disturbed: disturbance != nil)
  }

  /// Adds what was measured elsewhere.
  mutating func add(_ times: [Double], disturbed: Bool) {
    if disturbed { paced += times } else { hot += times }
  }
}
