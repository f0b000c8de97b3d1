/// The connections that the operator wants, and those that a vanished server took with it.
///
/// It never takes a connection away. A pattern is applied to each port of another client once, when the port appears,
/// so a link that the operator removes stays removed.
struct Cabling {
  private let inputPattern: Regex<AnyRegexOutput>?
  private let outputPattern: Regex<AnyRegexOutput>?
  private var seen: Set<String> = []
  private var lost: Set<Link> = []
  private var standing: Set<Link> = []

  /// Compiles the patterns of `--connect-in` and `--connect-out`.
  ///
  /// - Throws: ``AudioError/badPattern(_:)``.
  init(inputs: String?, outputs: String?) throws(AudioError) {
    inputPattern = try Self.compile(inputs)
    outputPattern = try Self.compile(outputs)
  }

  private static func compile(_ pattern: String?) throws(AudioError) -> Regex<AnyRegexOutput>? {
    guard let pattern else { return nil }
    do { return try Regex(pattern) } catch { throw .badPattern(pattern) }
  }

  /// Makes what is wanted and can be made, and remembers what stands.
  mutating func tend(_ client: Client, channels: Int) {
    if !lost.isEmpty {
      let present = Set(client.otherPorts(sources: true) + client.otherPorts(sources: false))
      for link in lost where present.contains(link.peer) && client.connect(link) { lost.remove(link) }
    }
    connectNew(client, pattern: inputPattern, sources: true, group: "in", channels: channels)
    connectNew(client, pattern: outputPattern, sources: false, group: "accompaniment", channels: channels)
    standing = Set(client.links())
  }

  /// The server is gone: everything that stood is to be restored.
  mutating func lose() {
    lost.formUnion(standing)
    standing = []
    seen = []
  }

  /// Connects new matching ports, in their order, to our ports by turns.
  private mutating func connectNew(
    _ client: Client, pattern: Regex<AnyRegexOutput>?, sources: Bool, group: String, channels: Int
  ) {
    guard let pattern else { return }
    let matching = client.otherPorts(sources: sources).filter { $0.firstMatch(of: pattern) != nil }
    for (index, peer) in matching.enumerated() where !seen.contains("\(group) \(peer)") {
      let link = Link(isInput: sources, port: "\(group)_\(index % channels + 1)", peer: peer)
      if client.connect(link) { seen.insert("\(group) \(peer)") }
    }
    seen = seen.filter { entry in
      !entry.hasPrefix(group + " ") || matching.contains(String(entry.dropFirst(group.count + 1)))
    }
  }
}
