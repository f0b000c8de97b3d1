internal import CJack
internal import CRealtime
internal import Realtime
internal import Synchronization

// Functions of their own rather than closures: a closure takes on the actor of the place it is written in, and on
// JACK's threads there is none.

/// JACK's process callback.
@_noLocks
func rehearsalProcess(frames: jack_nframes_t, context: UnsafeMutableRawPointer?) -> Int32 {
  rt_enter()
  if let context = unsafe context {
    unsafe context.assumingMemoryBound(to: RehearsalProcess.self).pointee.process(Int(frames))
  }
  rt_exit()
  return 0
}

/// JACK's xrun callback.
func rehearsalXrun(context: UnsafeMutableRawPointer?) -> Int32 {
  if let context = unsafe context {
    unsafe context.assumingMemoryBound(to: RehearsalProcess.self).pointee.noteXrun()
  }
  return 0
}

/// JACK's shutdown callback, on a thread that must not call JACK any more.
func rehearsalShutdown(code: jack_status_t, reason: UnsafePointer<CChar>?, context: UnsafeMutableRawPointer?) {
  guard let context = unsafe context else { return }
  let process = unsafe context.assumingMemoryBound(to: RehearsalProcess.self)
  unsafe process.pointee.gone.store(true, ordering: .releasing)
  unsafe process.pointee.finished.post()
}

/// JACK's latency callback.
///
/// The sound begins and ends here. Without this, JACK takes what comes in for what goes out, and the latency of a ring
/// grows with every turn.
func rehearsalLatency(mode: jack_latency_callback_mode_t, context: UnsafeMutableRawPointer?) {
  guard let context = unsafe context else { return }
  let process = unsafe context.assumingMemoryBound(to: RehearsalProcess.self)
  let ports = unsafe mode == JackCaptureLatency ? process.pointee.outputs : process.pointee.inputs
  for index in ports.indices {
    var none = jack_latency_range_t(min: 0, max: 0)
    unsafe jack_port_set_latency_range(ports[index], mode, &none)
  }
}

/// Takes libjack's chatter on the standard error stream, so that only this program's own words stand there.
func rehearsalMessage(_ message: UnsafePointer<CChar>?) {}
