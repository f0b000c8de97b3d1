import CJack

/// The server's graph, as `jack_lsp`, `jack_connect` and `jack_disconnect` show and change it.
extension JackServer {
  /// The latency that a port tells for a direction, as the smallest and the largest.
  func latency(of port: String, _ direction: JackLatencyCallbackMode) throws -> ClosedRange<Int> {
    try withClient { client in
      guard let handle = jack_port_by_name(client, port) else {
        throw DidNotStart(description: "no port '\(port)'")
      }
      var range = jack_latency_range_t(min: 0, max: 0)
      jack_port_get_latency_range(handle, direction, &range)
      return Int(range.min)...Int(max(range.min, range.max))
    }
  }

  /// The full names of the ports that a port is connected to, sorted.
  func connections(of port: String) throws -> [String] {
    try withClient { client in
      guard let handle = jack_port_by_name(client, port), let names = jack_port_get_all_connections(client, handle)
      else { return [] }
      defer { jack_free(names) }
      var found: [String] = []
      while let name = names[found.count] { found.append(String(cString: name)) }
      return found.sorted()
    }
  }

  func connect(_ source: String, _ destination: String) throws {
    guard try withClient({ jack_connect($0, source, destination) }) == 0 else {
      throw DidNotStart(description: "'\(source)' cannot be connected to '\(destination)'")
    }
  }

  func disconnect(_ source: String, _ destination: String) throws {
    guard try withClient({ jack_disconnect($0, source, destination) }) == 0 else {
      throw DidNotStart(description: "'\(source)' was not connected to '\(destination)'")
    }
  }

  /// The full names of all ports of a client, in the server's order.
  func ports(of client: String) throws -> [String] {
    try withClient { probe in
      guard let names = jack_get_ports(probe, "^\(client):", nil, 0) else { return [] }
      defer { jack_free(names) }
      var found: [String] = []
      while let name = names[found.count] { found.append(String(cString: name)) }
      return found
    }
  }

  /// Connects a daemon between the sound card's inputs and outputs: the voice left, the accompaniment right.
  func wireToCard(_ daemon: Daemon) throws {
    for channel in 1...2 { try connect("system:capture_\(channel)", "\(daemon.name):in_\(channel)") }
    for channel in 1...2 {
      try connect("\(daemon.name):voice_\(channel)", "system:playback_1")
      try connect("\(daemon.name):accompaniment_\(channel)", "system:playback_2")
    }
  }
}
