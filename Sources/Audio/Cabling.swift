/// The connections that the operator wants, and those that a vanished server took with it.
///
/// It never takes a connection away. A pattern is applied to each port of another client once, when the port appears,
/// so a link that the operator removes stays removed.
struct Cabling {
  private let inputPattern: Regex<AnyRegexOutput>?
  private let outputPattern: Regex<AnyRegexOutput>?
  private var seen: Set<Seen> = []
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

  /// The links that are wanted and for which there is a port by now.
  ///
  /// Looks only at what the server shares with its clients, so a server that hangs does not hold it up.
  func wanted(_ client: Client, channels: Int) -> [Link] {
    let (sources, destinations) = (client.otherPorts(sources: true), client.otherPorts(sources: false))
    let present = Set(sources + destinations)
    return lost.filter { present.contains($0.peer) }
      + new(among: sources, pattern: inputPattern, groups: [.input], channels: channels)
      + new(among: destinations, pattern: outputPattern, groups: [.voice, .accompaniment], channels: channels)
  }

  /// Takes note of the links that could be made, and of all that stand.
  mutating func note(_ made: [Link], of client: Client) {
    let standing = Set(client.links())
    let present = Set(client.otherPorts(sources: true) + client.otherPorts(sources: false))
    // What a server shows while it goes away is not what the operator wants.
    if client.isGone { return }
    self.standing = standing
    lost.subtract(made)
    seen.formUnion(made.map { Seen(isInput: $0.isInput, peer: $0.peer) })
    seen = seen.filter { present.contains($0.peer) }
  }

  /// The server is gone: everything that stood is to be restored.
  mutating func lose() {
    lost.formUnion(standing)
    standing = []
    seen = []
  }

  /// Links of new matching ports, in their order, to the channels of some groups of our ports by turns.
  ///
  /// A loudspeaker gets both stems: JACK adds them up to the music, and the gains say how much of each is in it.
  private func new(
    among ports: [String], pattern: Regex<AnyRegexOutput>?, groups: [PortGroup], channels: Int
  ) -> [Link] {
    guard let pattern else { return [] }
    let isInput = groups == [.input]
    let matching = ports.filter { $0.firstMatch(of: pattern) != nil }
    return matching.enumerated().filter { !seen.contains(Seen(isInput: isInput, peer: $1)) }.flatMap { index, peer in
      groups.map { Link(isInput: isInput, port: "\($0.rawValue)_\(index % channels + 1)", peer: peer) }
    }
  }

  /// A port that has been connected once, and on which side of ours.
  private struct Seen: Hashable {
    var isInput: Bool
    var peer: String
  }
}
