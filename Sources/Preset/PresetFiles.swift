internal import Network
internal import Separation
internal import Text

/// How a preset hears recordings in files, where nothing has to be known before it is played.
struct PresetFiles {
  /// The weights for recordings that are heard from their end; without them every recording is heard as it is only.
  var backwards: PresetSource.File?
  /// How fast each is heard, in turn.
  var speeds: [Double] = [1]

  /// Reads the table `files` of a network's preset; a method's has none.
  init(_ root: PresetTable, method: PresetMethod) throws(PresetError) {
    guard method == .network || !root.has("files") else {
      throw root.refusal("files", expected: "no such table, since the method is \(quoted(method.rawValue))")
    }
    let table = try root.table("files", keys: ["backwards", "speeds"])
    if table.has("backwards") { backwards = try PresetSource.File("backwards", in: table) }
    speeds = try table.numbers("speeds", in: 0.5...2, most: 8, standard: speeds)
  }

  /// The ways in which a recording is heard by what is heard live, `settings`, and backwards.
  ///
  /// - Real-time: Not real-time: reads files, allocates.
  func passes(
    _ settings: SeparatorSettings, for document: PresetDocument
  ) throws(PresetError) -> [OfflinePass] {
    var passes = speeds.map { OfflinePass(settings: settings, speed: $0) }
    if let backwards {
      var other = settings
      other.method = try PresetSource.network(backwards).load(for: document)
      passes += speeds.map { OfflinePass(settings: other, isBackwards: true, speed: $0) }
    }
    return passes
  }

  /// Checks the weights that it names, save for their numbers.
  ///
  /// - Real-time: Not real-time: reads files, allocates.
  func describe(for document: PresetDocument) throws(PresetError) {
    if let backwards { _ = try PresetSource.network(backwards).describe(for: document) }
  }
}
