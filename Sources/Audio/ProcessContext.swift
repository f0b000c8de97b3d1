internal import CJack
internal import CRealtime
internal import Live
internal import Synchronization

/// What JACK's callbacks work with, by pointer: no object, so no reference is counted on the audio thread.
@safe
struct ProcessContext: ~Copyable, @unchecked Sendable {
  let ports: Ports
  let side: UnsafeMutablePointer<AudioSide>
  let buffers: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  let latency = Atomic<Int>(0)
  let xruns = Atomic<Int>(0)
  let period: Atomic<Int>
  let isFreewheeling = Atomic<Bool>(false)
  let isGone = Atomic<Bool>(false)

  init(ports: consuming Ports, side: UnsafeMutablePointer<AudioSide>, period: Int, latency: Int) {
    unsafe buffers = .allocate(capacity: 3 * ports.channels)
    self.ports = ports
    unsafe self.side = side
    self.period = Atomic(period)
    self.latency.store(latency, ordering: .relaxed)
  }

  deinit { unsafe buffers.deallocate() }

  /// One cycle of the graph.
  ///
  /// - Real-time: Wait-free, except in freewheel.
  @_noLocks
  borrowing func process(frames: UInt32) {
    // The only word on the period that every server keeps: PipeWire changes it without a notification.
    period.store(Int(frames), ordering: .relaxed)
    let count = 3 &* ports.channels
    for index in 0..<count {
      guard let buffer = unsafe cjack_port_buffer(ports.all[index], frames) else { return }
      unsafe (buffers + index).initialize(to: buffer)
    }
    let inputs = unsafe UnsafeRawPointer(buffers).assumingMemoryBound(to: UnsafePointer<Float>.self)
    unsafe side.pointee.process(
      input: inputs, voice: buffers + ports.channels, accompaniment: buffers + 2 &* ports.channels,
      count: Int(frames), offline: isFreewheeling.load(ordering: .relaxed))
  }
}

/// JACK's process callback.
///
/// A global outside any actor: written as a closure in a main-actor scope it would trap on JACK's thread.
let processCallback: JackProcessCallback = { frames, context in
  rt_enter()
  unsafe context?.assumingMemoryBound(to: ProcessContext.self).pointee.process(frames: frames)
  rt_exit()
  return 0
}

/// Runs once on each thread that JACK makes for the client.
let threadInitCallback: JackThreadInitCallback = { _ in rt_flush_denormals() }
