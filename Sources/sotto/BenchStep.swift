internal import Realtime
internal import Separation
internal import Spectral

/// What a step of the estimator costs: one frame observed, one mask estimated.
struct BenchStep {
  let settings: SeparatorSettings
  let rate: Int

  /// The time from frame to frame, in seconds.
  var hop: Double { settings.grid(rate: rate).meanHop / Double(rate) }

  /// Step after step, so that code and weights stay in the caches: as fast as it can be, and as a daemon never has it.
  func hot(seconds: Double) -> BenchTimes {
    measure { step in
      var times: [Double] = []
      let end = BenchPace.now + Int(seconds * 1e9)
      while BenchPace.now < end || times.count < 100 { times.append(BenchPace.time(step)) }
      return times
    }
  }

  /// A step a hop, in real time, with the caches disturbed between them: as a daemon has it.
  func paced(seconds: Double) -> BenchTimes {
    measure { step in
      let disturbance = BenchDisturbance()
      var pace = BenchPace(seconds: hop)
      return (0..<max(Int(seconds / hop), 10)).map { _ in
        disturbance.happen()
        pace.wait()
        return BenchPace.time(step)
      }
    }
  }

  private func measure(_ body: (() -> Void) -> [Double]) -> BenchTimes {
    let (request, arrival) = (Wake(), Wake())
    let parts = SeparatorParts(
      settings: settings, rate: rate, channels: 2, period: 256, slack: 256, request: request, arrival: arrival)
    var estimation = parts.estimation
    for _ in 0..<10 { estimation?.rehearse() }
    let times = body { estimation?.rehearse() }
    return withExtendedLifetime((request, arrival)) { BenchTimes(times) }
  }
}
