internal import CRealtime
internal import Realtime
internal import Separation
internal import Spectral

/// Finds out whether a preset's masks would come in time on the machine as it is now, without playing it.
///
/// Where ``StepCost`` counts processor time, this counts time on the wall: another program that keeps the processor from
/// the mask thread is what drove the preset away.
enum StepTrial {
  /// How long steps are taken, in seconds.
  static let seconds = 2.0
  /// One late step in a hundred is no overload.
  static let allowedShare = 0.01

  /// Takes the steps of a preset hop by hop, beside whatever plays, and sees whether they end within its slack.
  ///
  /// The thread has a priority just below a mask thread's, and so takes nothing from the one that plays.
  static func passes(settings: SeparatorSettings, stream: Engagement.Stream, admission: Admission) async -> Bool {
    await onOwnThread(priority: stream.priority.map { $0 - 1 }) {
      let grid = settings.grid(rate: stream.rate)
      let parts = SeparatorParts(
        settings: settings, rate: stream.rate, channels: stream.channels, period: stream.period, slack: 0,
        request: Wake(), arrival: Wake())
      var estimation = parts.estimation
      for _ in 0..<settings.lookAhead + 3 { estimation?.rehearse() }
      let interval = grid.meanHop * Double(settings.cadence.every) / Double(stream.rate)
      let allowed = admission.slack.map { Double($0) / Double(stream.rate) } ?? admission.budget.period / 2
      let steps = max(Int(seconds / interval), 1)
      let begin = rt_now()
      let clock = Wake()
      var late = 0
      for step in 1...steps {
        let due = begin + UInt64(Double(step) * interval * 1e9)
        let now = rt_now()
        if now < due { _ = clock.wait(nanoseconds: due - now) }
        estimation?.rehearse()
        if Double(rt_now() - due) * 1e-9 > allowed { late += 1 }
      }
      return Double(late) <= Double(steps) * allowedShare
    }
  }
}
