internal import CJack

/// The ports of the client: `in_1 …`, `voice_1 …`, `accompaniment_1 …`, one of each a channel.
///
/// Each has a pretty name, an order and a group in JACK's metadata, so that patchbays show pairs by name.
@safe
struct Ports: ~Copyable, @unchecked Sendable {
  let channels: Int
  /// All ports: inputs, then voice, then accompaniment.
  let all: UnsafeMutablePointer<OpaquePointer>

  /// Registers the ports of `client`.
  ///
  /// - Throws: ``AudioError/portRefused(_:)``.
  init(client: OpaquePointer, channels: Int) throws(AudioError) {
    self.channels = channels
    unsafe all = .allocate(capacity: 3 * channels)
    for (groupIndex, group) in PortGroup.allCases.enumerated() {
      for channel in 0..<channels {
        let name = "\(group.rawValue)_\(channel + 1)"
        guard
          let port = unsafe jack_port_register(
            client, name, JACK_DEFAULT_AUDIO_TYPE, UInt(group.flags.rawValue), 0)
        else {
          unsafe all.deallocate()
          throw .portRefused(name)
        }
        let index = groupIndex * channels + channel
        unsafe (all + index).initialize(to: port)
        unsafe Self.describe(port, of: client, group: group, channel: channel, order: index)
      }
    }
  }

  deinit { unsafe all.deallocate() }

  /// One port.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func port(_ group: Int, _ channel: Int) -> OpaquePointer { unsafe all[group &* channels &+ channel] }

  private static func describe(
    _ port: OpaquePointer, of client: OpaquePointer, group: PortGroup, channel: Int, order: Int
  ) {
    let uuid = unsafe jack_port_uuid(port)
    func set(_ key: String, _ value: String, _ type: String = "text/plain") {
      _ = unsafe jack_set_property(client, uuid, key, value, type)
    }
    let side = channel < 2 ? ["left", "right"][channel] : "channel \(channel + 1)"
    set("http://jackaudio.org/metadata/pretty-name", "\(group.title) \(side)")
    set("http://jackaudio.org/metadata/order", "\(order)", "http://www.w3.org/2001/XMLSchema#integer")
    set("http://jackaudio.org/metadata/port-group", group.title)
    set("http://jackaudio.org/metadata/signal-type", "AUDIO")
  }
}

/// The three kinds of ports.
enum PortGroup: String, CaseIterable {
  case input = "in"
  case voice
  case accompaniment

  /// What a patchbay shows.
  var title: String {
    switch self {
    case .input: "Input"
    case .voice: "Voice"
    case .accompaniment: "Accompaniment"
    }
  }

  var flags: JackPortFlags { self == .input ? JackPortIsInput : JackPortIsOutput }
}
