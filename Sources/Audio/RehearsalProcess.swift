internal import CJack
internal import CRealtime
internal import Realtime
internal import Synchronization

/// What the callbacks of a ``Rehearsal`` work on, all of it allocated beforehand.
@safe
struct RehearsalProcess: ~Copyable {
  /// How many cycles run in silence before the first sample, for the server to take up new connections.
  static let settlingCycles = 8
  /// How many disturbances are remembered by place, of either kind.
  static let remembered = 4096

  let client: OpaquePointer
  let outputs: UnsafeMutableBufferPointer<OpaquePointer>
  let inputs: UnsafeMutableBufferPointer<OpaquePointer>
  let playedFrames: Int
  let frames: Int
  let finished: WakeHandle
  let played: SampleBuffer
  let recorded: SampleBuffer

  let armed = Atomic<Bool>(false)
  let cycles = Atomic<Int>(0)
  let position = Atomic<Int>(0)
  let firstFrame = Atomic<Int>(0)
  let gone = Atomic<Bool>(false)
  let gapCount = Atomic<Int>(0)
  let xrunCount = Atomic<Int>(0)
  let gaps: UnsafeMutablePointer<Int>
  let xruns: UnsafeMutablePointer<Int>

  private let silentCycles = Atomic<Int>(0)
  private let expectedFrame = Atomic<jack_nframes_t>(0)

  init(
    client: OpaquePointer, outputs: [OpaquePointer], inputs: [OpaquePointer], played: [[Float]], frames: Int,
    finished: WakeHandle
  ) {
    unsafe self.client = client
    unsafe self.outputs = .allocate(capacity: outputs.count)
    unsafe _ = self.outputs.initialize(from: outputs)
    unsafe self.inputs = .allocate(capacity: inputs.count)
    unsafe _ = self.inputs.initialize(from: inputs)
    self.playedFrames = played.first?.count ?? 0
    self.frames = frames
    self.finished = finished
    self.played = SampleBuffer(Array(played.joined()))
    self.recorded = unsafe SampleBuffer(count: inputs.count * frames)
    unsafe gaps = .allocate(capacity: Self.remembered)
    unsafe gaps.initialize(repeating: 0, count: Self.remembered)
    unsafe xruns = .allocate(capacity: Self.remembered)
    unsafe xruns.initialize(repeating: 0, count: Self.remembered)
  }

  deinit {
    unsafe outputs.deallocate()
    unsafe inputs.deallocate()
    unsafe gaps.deallocate()
    unsafe xruns.deallocate()
  }

  /// Plays and records one cycle of `count` frames, whatever the period was before.
  ///
  /// - Real-time: Wait-free.
  /// - Thread: JACK's process thread.
  @_noLocks
  func process(_ count: Int) {
    cycles.wrappingAdd(1, ordering: .relaxed)
    let now = unsafe cjack_last_frame_time(client)
    let start = position.load(ordering: .relaxed)
    guard armed.load(ordering: .acquiring), start < frames else { return fallSilent(count) }
    guard silentCycles.wrappingAdd(1, ordering: .relaxed).oldValue >= Self.settlingCycles else {
      return fallSilent(count)
    }
    if start == 0 {
      firstFrame.store(Int(now), ordering: .relaxed)
    } else if now != expectedFrame.load(ordering: .relaxed) {
      let gap = gapCount.wrappingAdd(1, ordering: .relaxed).oldValue
      if gap < Self.remembered { unsafe gaps[gap] = start }
    }
    expectedFrame.store(now &+ jack_nframes_t(truncatingIfNeeded: count), ordering: .relaxed)

    let sounding = min(count, max(playedFrames - start, 0))
    for channel in unsafe 0..<outputs.count {
      guard let buffer = unsafe cjack_port_buffer(outputs[channel], jack_nframes_t(truncatingIfNeeded: count)) else {
        continue
      }
      if sounding > 0 { unsafe rt_copy(played.base + channel * playedFrames + start, buffer, sounding) }
      unsafe rt_clear(buffer + sounding, count - sounding)
    }
    let kept = min(count, frames - start)
    for channel in unsafe 0..<inputs.count {
      guard let buffer = unsafe cjack_port_buffer(inputs[channel], jack_nframes_t(truncatingIfNeeded: count)) else {
        continue
      }
      unsafe rt_copy(buffer, recorded.base + channel * frames + start, kept)
    }
    position.store(start + count, ordering: .releasing)
    if start + count >= frames { finished.post() }
  }

  /// Counts a deadline that the server missed.
  ///
  /// - Thread: JACK's notification thread.
  func noteXrun() {
    guard armed.load(ordering: .acquiring) else { return }
    let xrun = xrunCount.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
    if xrun < Self.remembered { unsafe xruns[xrun] = position.load(ordering: .relaxed) }
  }

  @_noLocks
  private func fallSilent(_ count: Int) {
    for channel in unsafe 0..<outputs.count {
      if let buffer = unsafe cjack_port_buffer(outputs[channel], jack_nframes_t(truncatingIfNeeded: count)) {
        unsafe rt_clear(buffer, count)
      }
    }
  }
}
