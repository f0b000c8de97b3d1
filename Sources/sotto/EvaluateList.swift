private import Glibc
internal import Text

/// A text that names clips, a clip or the folder of a song on each line.
///
/// Names are relative to the list's folder; blank lines and lines that begin with `#` say nothing.
struct EvaluateList {
  /// What messages call it.
  let name: String
  private let folder: String
  private let text: String

  /// As much text as a list may be, in bytes.
  private static let most = 1 << 24

  /// Reads the list at `path`, or from standard input where that is `-`.
  ///
  /// - Returns: `nil` where there is no text: what has another ending may well be sound.
  /// - Throws: ``Failure`` with status 66 where it cannot be read.
  init?(at path: String) throws(Failure) {
    let isInput = path == "-"
    name = isInput ? "standard input" : path
    folder = isInput ? "" : path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let descriptor = unsafe isInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0, let bytes = Self.bytes(from: descriptor) else {
      throw Failure(status: 66, "cannot read '\(name)': \(unsafe String(cString: strerror(errno)))")
    }
    if !isInput { close(descriptor) }
    guard bytes.count <= Self.most, !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
      guard isInput else { return nil }
      throw Failure(status: 65, "\(name): found no text, expected the name of a clip on each line")
    }
    self.text = text
  }

  /// The clips, in the order of the lines.
  ///
  /// - Throws: ``Failure`` that names list and line, what was found and what was expected.
  func clips() throws(Failure) -> [EvaluateClip] {
    var clips: [EvaluateClip] = []
    var lines: [String: Int] = [:]
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: Self.endsLine).enumerated() {
      let entry = Self.trimmed(line)
      guard !entry.isEmpty, !entry.hasPrefix("#") else { continue }
      func refused(_ found: String, _ expected: String, status: Int32 = 65) -> Failure {
        Failure(status: status, "\(name):\(index + 1): found \(found), expected \(expected)")
      }
      let path = entry.hasPrefix("/") ? entry : folder + entry
      guard unsafe access(path, R_OK) == 0 else {
        throw refused("nothing to read at \(quoted(path))", "a clip or the folder of a song", status: 66)
      }
      guard let clip = EvaluateClip(at: path) else {
        throw refused(quoted(entry), "a file of two channels (left accompaniment, right voice) or the folder of a song")
      }
      if case .incomplete(let failure) = clip.files {
        throw Failure(status: failure.status, "\(name):\(index + 1): \(failure.message)")
      }
      if let first = lines.updateValue(index + 1, forKey: clip.name) {
        throw refused("a second clip called \(quoted(clip.name))", "another name than on line \(first)", status: 64)
      }
      clips.append(clip)
    }
    guard !clips.isEmpty else {
      throw Failure(status: 66, "\(name): found no clip, expected one, or the folder of a song, on each line")
    }
    return clips
  }

  private static func endsLine(_ character: Character) -> Bool { character == "\n" || character == "\r\n" }

  /// A line without white space at its ends, nor the mark with which some editors begin a file.
  private static func trimmed(_ line: Substring) -> String {
    let begun = line.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    return String(begun.prefix(upTo: begun.lastIndex { !$0.isWhitespace }.map(begun.index(after:)) ?? begun.startIndex))
  }

  /// All that can be read, or a little more than a list may be; `nil` where the system refuses.
  private static func bytes(from descriptor: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= most {
      let count = unsafe read(descriptor, &part, part.count)
      if count == 0 { break }
      if count < 0 && errno != EINTR { return nil }
      bytes += part.prefix(max(count, 0))
    }
    return bytes
  }
}
