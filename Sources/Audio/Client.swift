internal import CJack
internal import Glibc
internal import Live
internal import Synchronization

/// One membership of a JACK graph, from open to close.
@safe
final class Client: @unchecked Sendable {
  private let client: OpaquePointer
  private let context: UnsafeMutablePointer<ProcessContext>
  /// Kept alive until JACK makes no more calls.
  private let path: LivePath
  /// The name that JACK granted.
  let name: String
  /// Held while the server is asked for something: the library writes a request piece by piece to the one socket that
  /// all threads share, and the server waits for ever for the rest of one that another has cut in two.
  private let asking = Mutex(())

  /// A client that is open but has no ports yet: enough to learn the server's rate and period.
  @safe
  struct Opened: @unchecked Sendable {
    let client: OpaquePointer
    let name: String
    let rate: Int
    let period: Int
    /// The priority of JACK's own client threads, or `nil` on a server without real-time scheduling.
    let priority: Int32?
  }

  /// Opens a client on a running server; never starts one.
  ///
  /// - Throws: ``AudioError``.
  static func open(name: String, server: String?) throws(AudioError) -> Opened {
    unsafe jack_set_error_function { _ in }
    unsafe jack_set_info_function { _ in }
    var status = JackStatus(rawValue: 0)
    guard let client = unsafe cjack_client_open(name, JackNoStartServer, &status, server) else {
      if status.rawValue & JackServerFailed.rawValue != 0 { throw .noServer(server) }
      throw .refused(name: name, status: status.rawValue)
    }
    let isRealtime = unsafe jack_is_realtime(client) != 0
    // PipeWire has been seen to answer with garbage.
    let priority = unsafe min(max(jack_client_real_time_priority(client), 3), 99)
    return unsafe Opened(
      client: client, name: String(cString: jack_get_client_name(client)),
      rate: Int(jack_get_sample_rate(client)), period: Int(jack_get_buffer_size(client)),
      priority: isRealtime ? priority : nil)
  }

  /// Gives an opened client up.
  static func close(_ opened: Opened) { _ = unsafe jack_client_close(opened.client) }

  /// Registers ports and callbacks and joins the graph.
  ///
  /// - Throws: ``AudioError``; the client is closed then.
  init(_ opened: Opened, path: LivePath, channels: Int, latency: Int) throws(AudioError) {
    let client = unsafe opened.client
    let ports: Ports
    do throws(AudioError) {
      ports = try unsafe Ports(client: client, channels: channels)
    } catch {
      Self.close(opened)
      throw error
    }
    unsafe self.client = client
    self.path = path
    name = opened.name
    unsafe context = .allocate(capacity: 1)
    unsafe context.initialize(
      to: ProcessContext(ports: ports, side: path.audioSide, period: opened.period, latency: latency))
    unsafe jack_set_process_callback(client, processCallback, context)
    unsafe jack_set_thread_init_callback(client, threadInitCallback, nil)
    unsafe jack_set_xrun_callback(client, xrunCallback, context)
    unsafe jack_set_freewheel_callback(client, freewheelCallback, context)
    unsafe jack_set_latency_callback(client, latencyCallback, context)
    unsafe jack_on_info_shutdown(client, shutdownCallback, context)
    if unsafe jack_activate(client) != 0 { throw .notActivated }
  }

  /// Leaves the graph, after which no callback runs any more.
  deinit {
    unsafe jack_client_close(client)
    unsafe context.deinitialize(count: 1)
    unsafe context.deallocate()
  }

  /// Whether the server has said that it is gone.
  var isGone: Bool { unsafe context.pointee.isGone.load(ordering: .relaxed) }

  /// The period of the last cycle, in samples.
  var period: Int { unsafe context.pointee.period.load(ordering: .relaxed) }

  /// Xruns that the server has told of.
  var xruns: Int { unsafe context.pointee.xruns.load(ordering: .relaxed) }

  /// Whether the audio thread runs under real-time scheduling.
  var isRealtime: Bool { unsafe jack_is_realtime(client) != 0 }

  /// The latency that JACK was told last, in samples.
  var latency: Int { unsafe context.pointee.latency.load(ordering: .relaxed) }

  /// Tells JACK a new latency in samples, in both directions.
  func announce(latency: Int) {
    unsafe context.pointee.latency.store(latency, ordering: .relaxed)
    asking.withLock { _ in _ = unsafe jack_recompute_total_latencies(client) }
  }

  /// Whether anything is connected to our inputs.
  ///
  /// Looks only at what the server shares with its clients.
  var hasInput: Bool {
    unsafe (0..<context.pointee.ports.channels).contains {
      unsafe jack_port_connected(context.pointee.ports.port(0, $0)) > 0
    }
  }

  /// The links of our ports: the full names of a source and of a destination.
  func links() -> [Link] {
    var links: [Link] = []
    let channels = unsafe context.pointee.ports.channels
    for index in 0..<3 * channels {
      let port = unsafe context.pointee.ports.all[index]
      guard let own = unsafe jack_port_short_name(port), let names = unsafe jack_port_get_all_connections(client, port)
      else { continue }
      var at = 0
      while let name = unsafe names[at] {
        links.append(
          unsafe Link(isInput: index < channels, port: String(cString: own), peer: String(cString: name)))
        at += 1
      }
      unsafe jack_free(names)
    }
    return links
  }

  /// The full names of other clients' audio ports that sound can be taken from, or sent to, in the server's order.
  func otherPorts(sources: Bool) -> [String] {
    let flags = UInt(sources ? JackPortIsOutput.rawValue : JackPortIsInput.rawValue)
    guard let names = unsafe jack_get_ports(client, nil, JACK_DEFAULT_AUDIO_TYPE, flags) else { return [] }
    defer { unsafe jack_free(names) }
    var found: [String] = []
    var at = 0
    while let name = unsafe names[at] {
      let text = unsafe String(cString: name)
      if !text.hasPrefix(self.name + ":") { found.append(text) }
      at += 1
    }
    return found
  }

  /// Makes a link; true when it stands afterwards.
  func connect(_ link: Link) -> Bool {
    let own = "\(name):\(link.port)"
    let (source, destination) = link.isInput ? (link.peer, own) : (own, link.peer)
    let status = asking.withLock { _ in unsafe jack_connect(client, source, destination) }
    return status == 0 || status == EEXIST
  }
}

/// A connection of one of our ports.
struct Link: Sendable, Hashable {
  /// Whether our port is an input.
  var isInput: Bool
  /// Our port's short name.
  var port: String
  /// The other port's full name.
  var peer: String
}
