internal import Audio
internal import Control
internal import Glibc
internal import Live
internal import Separation

/// Puts what the conductor, the audio service and the board know into one status.
struct StatusReport: Sendable {
  let conductor: Conductor
  let audio: AudioService
  private let started = ContinuousClock.now

  init(conductor: Conductor, audio: AudioService) {
    self.conductor = conductor
    self.audio = audio
  }

  /// Everything there is to know at this moment.
  func status() async -> Status {
    let situation = await conductor.situation()
    let figures = await audio.figures
    let board = conductor.board
    let targets = board.targets
    var status = Status(pid: Int(getpid()), version: Sottod.version)
    // A server may come or go between the two questions: a connection is told of where both know it.
    let isConnected = figures.state == .running && situation.rate != nil
    status.state = isConnected ? .running : figures.state == .stopped ? .stopping : .waiting
    status.idle = isConnected && !board.hasInput
    status.preset = situation.preset
    status.switching = situation.next
    status.wanted = situation.wanted
    status.channels = conductor.channels
    if isConnected { tell(of: situation, in: &status) }
    status.frames = board.frames
    status.lateFrames = board.lateFrames
    status.lateState = board.isLate ? "holding" : "on time"
    status.xruns = figures.xruns
    status.nonFinite = board.nonFiniteSamples
    status.realtime = situation.isMaskThreadRealtime ?? figures.isRealtime
    status.audioRealtime = figures.isRealtime
    status.load = situation.load
    status.gains = Gains(
      voice: Decibels(amplitude: Double(targets.voice)),
      accompaniment: Decibels(amplitude: Double(targets.accompaniment)))
    status.bypass = targets.bypass
    status.threshold = situation.threshold.map { (Double($0) * 1000).rounded() / 1000 }
    status.client = figures.client
    status.server = figures.server
    status.uptime = (ContinuousClock.now - started) / .seconds(1)
    status.lastError = situation.refusal
    return status
  }

  /// What there is to say only while a client is connected.
  private func tell(of situation: LiveSituation, in status: inout Status) {
    status.drive = conductor.board.isOffline ? "synchronous" : situation.drive?.rawValue
    status.sampleRate = situation.rate
    status.period = situation.period
    if let latency = situation.latency {
      status.latency = Control.Latency(samples: latency.samples, sampleRate: latency.rate)
      status.slack = latency.slack
      status.budget = situation.budget.map(Control.StepBudget.init)
      status.lookAhead = situation.lookAheadFrames
      status.every = situation.cadence.every
      status.between = situation.cadence.every > 1 ? situation.cadence.between.rawValue : nil
    }
    status.step = situation.steps.map {
      Control.StepTimes(median: $0.median, p99: $0.p99, max: $0.longest, count: $0.count)
    }
  }
}

extension Control.StepBudget {
  /// What was decided, as control clients see it.
  init(_ budget: Live.StepBudget) {
    self.init(
      steps: budget.steps, bound: budget.bound, margin: Live.StepBudget.margin, wake: Live.StepBudget.wakeSeconds,
      seconds: budget.seconds, periods: budget.periods)
  }
}
