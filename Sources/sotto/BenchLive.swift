internal import Live
internal import Preset
internal import Realtime
internal import Separation

/// What a preset costs while it plays: the live path as the daemon runs it, called as a sound server calls.
struct BenchLive: Encodable {
  /// The rate of the stream in Hz.
  var rate: Int
  /// The period of the stream in samples.
  var period: Int
  /// The processor time of the whole process, as a share of one processor.
  var share: Double
  var frames: Int
  var lateFrames: Int
  /// The latency in samples.
  var latency: Int

  /// Whether both threads had real-time priority, as the system grants it to a daemon.
  var realtime: Bool

  /// Plays noise for some seconds in real time, on two threads: one for the sound, one for the masks.
  ///
  /// - Throws: `AdmissionError` where the preset cannot play on this machine.
  static func measure(
    _ preset: Preset, rate: Int, period: Int, seconds: Double
  ) async throws -> BenchLive {
    // Without its fallback: a bench is of the preset that was named.
    let conductor = Conductor(library: PresetLibrary(paths: []), preset: preset, options: LiveOptions())
    let path = try await conductor.connect(rate: rate, period: period, priority: 5)
    let board = conductor.board
    let share = await onRealtimeThread {
      let sound = BenchSound(frames: 256 * period)
      let planes = BenchPlanes(channels: 2, frames: period)
      let inputs = BenchInputs(sound)
      var pace = BenchPace(seconds: Double(period) / Double(rate))
      let (begin, busy) = (BenchPace.now, BenchPace.processorSeconds)
      for turn in 0..<Int(seconds * Double(rate) / Double(period)) {
        pace.wait()
        inputs.move(to: turn % 256 * period)
        unsafe path.audioSide.pointee.process(
          input: inputs.pointers, voice: planes.outputs, accompaniment: planes.outputs + 2, count: period,
          offline: false)
      }
      return (BenchPace.processorSeconds - busy) / (Double(BenchPace.now - begin) * 1e-9)
    }
    let realtime = await conductor.situation().isMaskThreadRealtime ?? false
    await conductor.disconnect()
    return BenchLive(
      rate: rate, period: period, share: share, frames: board.frames, lateFrames: board.lateFrames,
      latency: board.latency, realtime: realtime)
  }
}

/// Runs `body` on a thread with a priority above that of the masks, as a sound server's is.
private func onRealtimeThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
  await withCheckedContinuation { continuation in
    _ = RealtimeThread(priority: 7) { continuation.resume(returning: body()) }
  }
}

/// Pointers into a sound that move on with the stream.
@safe
private final class BenchInputs {
  let pointers: UnsafeMutablePointer<UnsafePointer<Float>>
  private let sound: BenchSound

  init(_ sound: BenchSound) {
    self.sound = sound
    unsafe pointers = .allocate(capacity: 2)
    for channel in 0..<2 { unsafe (pointers + channel).initialize(to: sound.inputs[channel]) }
  }

  deinit { unsafe pointers.deallocate() }

  func move(to position: Int) {
    for channel in 0..<2 { unsafe pointers[channel] = sound.inputs[channel] + position }
  }
}
