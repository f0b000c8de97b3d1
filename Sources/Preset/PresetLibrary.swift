internal import Glibc
internal import Text

/// The presets in the folders of a search path; where two have the same name, the first folder's counts.
public struct PresetLibrary: Sendable {
  /// The name of the preset that every program takes unless it is told another: the house model.
  public static let usual = "sotto"
  /// The name of the preset for files whose stems may take longer.
  public static let thorough = "sotto-offline"

  /// The folders, in the order in which they are searched.
  public let paths: [String]

  /// A library of the presets in `paths`; a folder that is not there is one without presets.
  public init(paths: [String]) {
    self.paths = paths
  }

  /// The usual library: the operator's `explicit` folders, then the user's own presets, then the installed ones.
  ///
  /// - Parameters:
  ///   - environment: Where `XDG_CONFIG_HOME` and `HOME` are looked up.
  ///   - executable: The path of the running program; its neighbour `../share/sotto/presets` holds what was installed.
  public init(explicit: [String], environment: [String: String], executable: String?) {
    var paths = explicit
    // The XDG Base Directory Specification wants a relative path ignored.
    if let configuration = environment["XDG_CONFIG_HOME"], configuration.hasPrefix("/") {
      paths.append(configuration + "/sotto/presets")
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      paths.append(home + "/.config/sotto/presets")
    }
    if let bin = executable?.lastIndex(of: "/"), let folder = executable?[..<bin],
      let prefix = folder.lastIndex(of: "/")
    {
      paths.append(folder[..<prefix] + "/share/sotto/presets")
    }
    self.init(paths: paths)
  }

  /// The usual library of this process.
  ///
  /// - Real-time: Not real-time: reads the environment and `/proc/self/exe`.
  public static func standard(explicit: [String]) -> PresetLibrary {
    var environment: [String: String] = [:]
    for name in ["XDG_CONFIG_HOME", "HOME"] {
      if let value = unsafe getenv(name) { environment[name] = unsafe String(cString: value) }
    }
    return PresetLibrary(explicit: explicit, environment: environment, executable: executable())
  }

  /// The names of all presets, sorted; whether a preset is sound is seen by reading it.
  ///
  /// - Real-time: Not real-time: reads folders.
  public var names: [String] { Set(paths.flatMap(Self.names)).sorted() }

  /// The file of the preset `name`.
  ///
  /// - Throws: ``PresetError/unknown(name:known:)`` with the names that there are.
  public func path(of name: String) throws(PresetError) -> String {
    let folder = isPresetName(name) ? paths.first { Self.names(in: $0).contains(name) } : nil
    guard let folder else { throw .unknown(name: name, known: names) }
    return folder.hasSuffix("/") ? "\(folder)\(name).toml" : "\(folder)/\(name).toml"
  }

  /// What the preset `name` is, read without its weights.
  ///
  /// - Throws: ``PresetError``.
  /// - Real-time: Not real-time: reads files.
  public func outline(of name: String) throws(PresetError) -> PresetOutline { try PresetOutline(path: path(of: name)) }

  /// The preset `name`, weights included, its fallback known to exist.
  ///
  /// - Throws: ``PresetError``.
  /// - Real-time: Not real-time: reads files, allocates.
  public func load(
    _ name: String, for use: PresetUse = .files
  ) throws(PresetError) -> Preset {
    let preset = try Preset(path: path(of: name), for: use)
    try check(fallback: preset.fallback, of: preset.path)
    return preset
  }

  /// The preset in the file at `path`, weights included; its fallback is in the same folder or in the library.
  ///
  /// - Throws: ``PresetError``.
  /// - Real-time: Not real-time: reads files, allocates.
  public func load(
    path: String, for use: PresetUse = .files
  ) throws(PresetError) -> Preset {
    let preset = try Preset(path: path, for: use)
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    try PresetLibrary(paths: [folder] + paths).check(fallback: preset.fallback, of: path)
    return preset
  }

  /// The preset that an operator's `word` stands for: a file's path where it ends in `.toml` or has a `/`, otherwise a
  /// name.
  ///
  /// - Throws: ``PresetError``.
  /// - Real-time: Not real-time: reads files, allocates.
  public func load(
    word: String, for use: PresetUse = .files
  ) throws(PresetError) -> Preset {
    word.hasSuffix(".toml") || word.contains("/")
      ? try load(path: word, for: use) : try load(word, for: use)
  }

  /// Refuses a preset whose fallback is not in the library.
  private func check(fallback: String?, of path: String) throws(PresetError) {
    let names = names
    guard let fallback, !names.contains(fallback) else { return }
    let hint = nearest(to: fallback, in: names).map { "; did you mean \(quoted($0))?" } ?? ""
    throw .refused(
      file: path, line: try PresetDocument(path: path).fallbackLine, key: "fallback", found: quoted(fallback),
      expected: "the name of a preset\(hint)")
  }

  private static func names(in folder: String) -> [String] {
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let file = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      let name = String(file.dropLast(5))
      if file.hasSuffix(".toml"), isPresetName(name) { names.append(name) }
    }
    return names
  }

  /// The path of the running program.
  ///
  /// The corresponding C function is `readlink`.
  private static func executable() -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
