internal import CJack
internal import Synchronization

/// JACK's notifications, each on a thread of JACK's that is not real-time; they only leave a mark for the service.

let xrunCallback: JackXRunCallback = { context in
  if let context = unsafe context?.assumingMemoryBound(to: ProcessContext.self) {
    unsafe context.pointee.xruns.wrappingAdd(1, ordering: .relaxed)
  }
  return 0
}

let freewheelCallback: JackFreewheelCallback = { starting, context in
  if let context = unsafe context?.assumingMemoryBound(to: ProcessContext.self) {
    unsafe context.pointee.isFreewheeling.store(starting != 0, ordering: .relaxed)
  }
}

let shutdownCallback: JackInfoShutdownCallback = { _, _, context in
  if let context = unsafe context?.assumingMemoryBound(to: ProcessContext.self) {
    unsafe context.pointee.isGone.store(true, ordering: .relaxed)
  }
}

/// Tells JACK the latency in both directions, port by port.
///
/// Captured sound is older at our outputs than at our inputs, by our latency; what we take in will be played later than
/// what we put out, by the same. The sums go to the *other* side's ports: a well-known host writes them to its inputs
/// in both directions.
let latencyCallback: JackLatencyCallback = { mode, context in
  guard let context = unsafe context?.assumingMemoryBound(to: ProcessContext.self) else { return }
  let added = unsafe UInt32(context.pointee.latency.load(ordering: .relaxed))
  for channel in unsafe 0..<context.pointee.ports.channels {
    let input = unsafe context.pointee.ports.port(0, channel)
    var range = jack_latency_range_t()
    if mode == JackCaptureLatency {
      unsafe jack_port_get_latency_range(input, mode, &range)
      range.min += added
      range.max += added
      for group in 1...2 {
        unsafe jack_port_set_latency_range(context.pointee.ports.port(group, channel), mode, &range)
      }
    } else {
      var whole = jack_latency_range_t(min: .max, max: 0)
      for group in 1...2 {
        unsafe jack_port_get_latency_range(context.pointee.ports.port(group, channel), mode, &range)
        whole.min = min(whole.min, range.min)
        whole.max = max(whole.max, range.max)
      }
      whole.min += added
      whole.max += added
      unsafe jack_port_set_latency_range(input, mode, &whole)
    }
  }
}
