internal import FoundationEssentials
private import Glibc

/// A recording whose voice and accompaniment are known, and the files that hold them.
struct EvaluateClip: Sendable, Equatable {
  enum Files: Sendable, Equatable {
    /// One file of two channels, left the accompaniment, right the voice, as in MIR-1K; mixed at equal energy.
    case channels(String)
    /// A file for each stem, mixed as they are; the accompaniment may be in parts.
    case stems(voice: String, accompaniment: [String], mixture: String?)
    /// A folder that has one stem and not the other.
    case incomplete(Failure)
  }

  /// The file's name without its ending, or the folder's.
  let name: String
  let files: Files

  init(name: String, files: Files) {
    self.name = name
    self.files = files
  }

  private static let endings = ["wav", "flac", "ogg", "oga", "opus", "mp3", "aiff", "aif", "au", "caf", "w64", "rf64"]
  private static let voices = ["voice", "vocals", "vocal"]
  private static let accompaniments = ["accompaniment", "instrumental"]
  private static let parts = ["bass", "drums", "other"]
  private static let mixtures = ["mixture", "mix"]

  /// The clips at `path`: a file of two channels, a folder of stems, a folder of either, or a list of both.
  ///
  /// - Throws: ``Failure`` with status 66 where there are none.
  static func found(at path: String) throws(Failure) -> [EvaluateClip] {
    guard path != "-", let names = contents(of: path) else {
      if !isSound(path), let list = try EvaluateList(at: path) { return try list.clips() }
      guard unsafe access(path, R_OK) == 0 else {
        throw Failure(status: 66, "cannot read '\(path)': \(unsafe String(cString: strerror(errno)))")
      }
      return [EvaluateClip(name: stem(of: path), files: .channels(path))]
    }
    if let clip = stems(in: path, names: names) { return [clip] }
    let clips = names.compactMap { EvaluateClip(at: joined(path, $0)) }
    guard !clips.isEmpty else {
      throw Failure(
        status: 66,
        "'\(path)': found no clip, expected files of two channels (left accompaniment, right voice), or folders with "
          + "voice.* or vocals.* and accompaniment.* or instrumental.*")
    }
    return clips
  }

  /// The one clip at `path`, if its ending is one of sound's, or if it is a folder of stems.
  init?(at path: String) {
    if let names = Self.contents(of: path) {
      guard let clip = Self.stems(in: path, names: names) else { return nil }
      self = clip
    } else {
      guard Self.isSound(path) else { return nil }
      self.init(name: Self.stem(of: path), files: .channels(path))
    }
  }

  /// The voice and the accompaniment that some program made of the clip `name`: `NAME.voice.*` and
  /// `NAME.accompaniment.*` in a folder, as `sotto separate` calls them, or stems in its folder `NAME`.
  ///
  /// - Throws: ``Failure`` with status 66 where one is missing.
  static func estimates(of name: String, in folder: String) throws(Failure) -> (voice: String, accompaniment: String) {
    let names = contents(of: folder) ?? []
    if names.contains(name), let inner = contents(of: joined(folder, name)) {
      let files = stems(in: joined(folder, name), names: inner)?.files
      if case .stems(let voice, let accompaniment, _) = files, let only = accompaniment.first, accompaniment.count == 1
      {
        return (voice, only)
      }
    }
    func file(_ kinds: [String]) throws(Failure) -> String {
      let wanted = names.first { file in isSound(file) && kinds.contains { stem(of: file) == "\(name).\($0)" } }
      guard let wanted else {
        throw Failure(
          status: 66,
          "'\(folder)': found no \(kinds[0]) of \(name), expected \(name).\(kinds[0]).wav or \(name)/\(kinds[0]).wav")
      }
      return joined(folder, wanted)
    }
    return (try file(voices), try file(accompaniments))
  }

  /// The clip that a folder of these files is, if any of them is called as a stem.
  private static func stems(in folder: String, names: [String]) -> EvaluateClip? {
    func files(_ kinds: [String]) -> [String] {
      names.filter { isSound($0) && kinds.contains(stem(of: $0).lowercased()) }.map { joined(folder, $0) }
    }
    let (voices, whole, parts) = (files(voices), files(accompaniments), files(parts))
    let accompaniment = whole.isEmpty ? parts : whole
    guard !voices.isEmpty || !accompaniment.isEmpty else { return nil }
    let name = folder.split(separator: "/").last.map(String.init) ?? folder
    func refused(_ found: String, _ expected: String) -> EvaluateClip {
      EvaluateClip(
        name: name, files: .incomplete(Failure(status: 65, "'\(folder)': found \(found), expected \(expected)")))
    }
    if voices.isEmpty { return refused("an accompaniment and no voice", "voice.* or vocals.*") }
    if accompaniment.isEmpty {
      return refused(
        "a voice and no accompaniment", "accompaniment.* or instrumental.*, or bass.*, drums.* and other.*")
    }
    if voices.count > 1 || whole.count > 1 {
      return refused("several files of one stem: \((voices + whole).joined(separator: ", "))", "one of each")
    }
    return EvaluateClip(
      name: name,
      files: .stems(voice: voices[0], accompaniment: accompaniment, mixture: files(mixtures).first))
  }

  /// The names in a folder, sorted; `nil` if it is none.
  private static func contents(of folder: String) -> [String]? {
    var status = stat()
    guard unsafe stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    return (try? FileManager.default.contentsOfDirectory(atPath: folder))?.filter { !$0.hasPrefix(".") }.sorted()
  }

  private static func joined(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  private static func isSound(_ name: String) -> Bool {
    guard let dot = name.lastIndex(of: ".") else { return false }
    return endings.contains(name[name.index(after: dot)...].lowercased())
  }

  /// A file's name without folder and ending.
  private static func stem(of path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }
}
