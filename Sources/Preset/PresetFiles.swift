internal import Network
internal import Separation
internal import Text

/// How a preset hears recordings in files, where nothing has to be known before it is played.
struct PresetFiles {
  /// The weights for recordings that are heard from their end; without them every recording is heard as it is only.
  var backwards: PresetSource.File?
  /// How fast each is heard, in turn.
  var speeds: [Double] = [1]
  /// The file of another preset that hears them, too, as it hears files.
  var beside: PresetSource.File?
  /// What the voice of that counts for, of 1.
  var share = 0.5

  /// Reads the table `files` of a network's preset; a method's has none.
  init(_ root: PresetTable, method: PresetMethod) throws(PresetError) {
    guard method == .network || !root.has("files") else {
      throw root.refusal("files", expected: "no such table, since the method is \(quoted(method.rawValue))")
    }
    let table = try root.table("files", keys: ["backwards", "speeds", "beside", "share"])
    if table.has("backwards") { backwards = try PresetSource.File("backwards", in: table) }
    speeds = try table.numbers("speeds", in: 0.5...2, most: 8, standard: speeds)
    if table.has("beside") { beside = try PresetSource.File("beside", in: table) }
    guard beside != nil || !table.has("share") else {
      throw table.refusal("share", expected: "no such key, since there is no other preset beside this one")
    }
    share = try table.number("share", in: 0.01...0.99, standard: share)
  }

  /// The ways in which a recording is heard by what is heard live, `settings`, arranged for files where its weights are,
  /// backwards, and by the preset beside.
  ///
  /// - Real-time: Not real-time: reads files, allocates.
  func passes(
    _ settings: SeparatorSettings, for document: PresetDocument
  ) throws(PresetError) -> [OfflinePass] {
    let name = document.name
    var forwards = settings
    if case .network(let model) = settings.method, model.description.hasFiles {
      forwards.method = try document.source.load(for: document, arrangement: .files)
    }
    var passes = speeds.map { OfflinePass(preset: name, settings: forwards, speed: $0) }
    if let backwards {
      var other = settings
      other.method = try PresetSource.network(backwards, document.source.products).load(
        for: document, arrangement: .files)
      passes += speeds.map { OfflinePass(preset: name, settings: other, isBackwards: true, speed: $0) }
    }
    for index in passes.indices { passes[index].share = (beside == nil ? 1 : 1 - share) / Double(passes.count) }
    if let beside {
      let other = try beside.readPreset(for: document) { (other) throws(PresetError) in
        try other.files.passes(other.settings(), for: other)
      }
      passes += other.map { pass in
        var pass = pass
        pass.share *= share
        return pass
      }
    }
    return passes
  }

  /// Checks the weights that it names, save for their numbers.
  ///
  /// - Real-time: Not real-time: reads files, allocates.
  func describe(for document: PresetDocument) throws(PresetError) {
    if let backwards { _ = try PresetSource.network(backwards, .single).describe(for: document) }
    try beside?.readPreset(for: document) { (other) throws(PresetError) in
      _ = try other.source.describe(for: other)
      try other.files.describe(for: other)
    }
  }
}

extension PresetSource.File {
  /// Reads the other preset; what is wrong with it is told with the line that names it.
  fileprivate func readPreset<Content>(
    for document: PresetDocument, _ reader: (PresetDocument) throws(PresetError) -> Content
  ) throws(PresetError) -> Content {
    do throws(PresetError) {
      let other = try PresetDocument(path: path)
      // One that has another beside it would have to ask that, and could be asked by it.
      if let third = other.files.beside {
        throw PresetError.refused(
          file: path, line: third.line, key: third.key, found: quoted(third.path),
          expected: "no such key, since this preset is beside another")
      }
      return try reader(other)
    } catch {
      throw .beside(file: document.path, line: line, key: key, error)
    }
  }
}
