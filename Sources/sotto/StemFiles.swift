internal import FoundationEssentials
private import Glibc
internal import Sound

/// Where the stems of a recording go: `NAME.voice.wav` and `NAME.accompaniment.wav` in a folder.
struct StemFiles: Encodable, Equatable {
  /// The recording.
  let input: String
  let voice: String
  let accompaniment: String

  /// The folder that they are in.
  var folder: String { voice.lastIndex(of: "/").map { String(voice[...$0]) } ?? "." }

  /// Names the files after the recording at `input`, without its folder and its ending.
  init(of input: String, in folder: String, format: SoundFormat = .float) {
    var name = input.split(separator: "/").last.map(String.init) ?? input
    if let dot = name.lastIndex(of: "."), dot > name.startIndex { name = String(name[..<dot]) }
    let place = folder.hasSuffix("/") || folder.isEmpty ? folder : folder + "/"
    self.input = input
    voice = "\(place)\(name).voice.\(format.fileExtension)"
    accompaniment = "\(place)\(name).accompaniment.\(format.fileExtension)"
  }

  /// Says why these files cannot all be made: two recordings would have the same stems, or stems would replace a
  /// recording.
  static func refusal(of all: [StemFiles]) -> Failure? {
    var owners: [String: String] = [:]
    for files in all {
      if let other = owners.updateValue(files.input, forKey: files.voice) {
        return Failure(
          status: 64,
          "'\(other)' and '\(files.input)' would both become '\(files.voice)': separate them into two folders")
      }
    }
    let recordings = all.compactMap { identity(of: $0.input) }
    for files in all {
      for stem in [files.voice, files.accompaniment] {
        if let stem = identity(of: stem), recordings.contains(stem) {
          return Failure(status: 64, "'\(files.input)' would become a file that is to be separated itself")
        }
      }
    }
    return nil
  }

  /// Makes a folder for stems, with those above it, unless it is there.
  ///
  /// - Throws: ``Failure`` with status 73.
  static func makeFolder(_ folder: String) throws(Failure) {
    var status = stat()
    if unsafe stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      let reason = unsafe errno == 0 ? "" : ": \(String(cString: strerror(errno)))"
      throw Failure(status: 73, "cannot make the folder '\(folder)'\(reason)")
    }
  }

  /// What makes two paths the same file.
  private static func identity(of path: String) -> [UInt64]? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : nil
  }
}
