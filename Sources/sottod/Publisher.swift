internal import Audio
internal import Control
internal import Live

/// Sends meters and statistics to the control clients that asked for them, as often as the most eager of them wants.
struct Publisher {
  let conductor: Conductor
  let audio: AudioService
  let server: ControlServer

  /// Runs until it is cancelled.
  func run() async -> Failure? {
    let report = StatusReport(conductor: conductor, audio: audio)
    var nextMeters = ContinuousClock.now
    var nextStatistics = ContinuousClock.now
    while !Task.isCancelled {
      let demand = server.demand
      let now = ContinuousClock.now
      if let interval = demand.meters, now >= nextMeters {
        nextMeters = now + .seconds(interval)
        server.publish(.meters(meters()))
      }
      if let interval = demand.statistics, now >= nextStatistics {
        nextStatistics = now + .seconds(interval)
        server.publish(.statistics(Statistics(await report.status())))
      }
      // Nobody listening: only look now and then whether somebody has come.
      try? await Task.sleep(for: .seconds(min(demand.shortest ?? 0.1, 0.1)))
    }
    return nil
  }

  private func meters() -> Meters {
    func convert(_ levels: [Live.Level]) -> [Meters.Level] {
      levels.map {
        Meters.Level(peak: Decibels(amplitude: Double($0.peak)), rms: Decibels(amplitude: Double($0.rms)))
      }
    }
    let levels = conductor.board.levels
    return Meters(
      samples: 0, input: convert(levels.input), voice: convert(levels.voice),
      accompaniment: convert(levels.accompaniment))
  }
}
