/// Which convolutions read the same rows, and where what is made of these lies for all of them.
///
/// In a dense block each convolution reads what the one before it did, and the one before itself: the sums of minimal
/// filtering are made once for each channel, by the first that reads it. Nobody writes to a result again before the next
/// frame, so they hold for all that come after.
struct SharedRows {
  /// Rows of channels that end at the same place in memory, and how they are tiled.
  struct Rows: Hashable {
    let end: UInt
    let height, width, left, right: Int
    var schedule = Schedule.always
  }

  private struct Group {
    var members: [Int] = []
    var channels = 0
    var floats = 0
    var offset = 0
  }

  private var groups: [Group]

  /// Finds the groups of two and more among running layers, which run together.
  init(_ layers: [Layer], schedules: [Schedule]) {
    var found: [Rows: Group] = [:]
    for (index, layer) in layers.enumerated() {
      guard case .convolution(let convolution) = layer, var rows = convolution.rows else { continue }
      rows.schedule = schedules[index]
      found[rows, default: Group()].members.append(index)
    }
    groups = found.values.filter { $0.members.count > 1 }.sorted { $0.members[0] < $1.members[0] }
    var needed: [(last: Int, end: Int)] = []
    for index in groups.indices {
      let members = groups[index].members
      needed.removeAll { $0.last < members[0] }
      for case .convolution(let member) in members.map({ layers[$0] }) where member.channels > groups[index].channels {
        groups[index].channels = member.channels
        groups[index].floats = member.sums(of: member.channels)
      }
      groups[index].offset = needed.map(\.end).max() ?? 0
      needed.append((members[members.count - 1], groups[index].offset + groups[index].floats))
    }
  }

  /// How many floats the sums of all take; groups that are not needed at the same time lie in the same place.
  var room: Int { groups.reduce(0) { max($0, $1.offset + $1.floats) } }

  /// Has the layers share, with ``room`` floats at `memory`.
  func share(_ memory: UnsafeMutablePointer<Float>, among layers: inout [Layer]) {
    for group in groups {
      var ready = 0
      for index in group.members {
        guard case .convolution(var convolution) = layers[index] else { continue }
        unsafe convolution.share(
          memory + group.offset, channels: group.channels, ready: min(ready, convolution.channels))
        ready = max(ready, convolution.channels)
        layers[index] = .convolution(convolution)
      }
    }
  }
}
