/// How long the steps of one program took, in processor time: one after the other, and with the caches disturbed before
/// each.
struct BenchSteps {
  private(set) var hot: [Double] = []
  private(set) var paced: [Double] = []

  /// Takes steps for some seconds, at least three of them.
  ///
  /// - Parameter disturbance: What happens before each step; `nil` for nothing.
  mutating func take(seconds: Double, disturbed disturbance: BenchDisturbance?, _ step: () -> Void) {
    let end = BenchPace.now + Int(seconds * 1e9)
    var times: [Double] = []
    while BenchPace.now < end || times.count < 3 {
      disturbance?.happen()
      times.append(BenchPace.threadTime(step))
    }
    add(times, disturbed: disturbance != nil)
  }

  /// Adds what was measured elsewhere.
  mutating func add(_ times: [Double], disturbed: Bool) {
    if disturbed { paced += times } else { hot += times }
  }
}
