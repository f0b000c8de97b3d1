internal import FoundationEssentials
private import Glibc

/// The other programs that run the same network, in a Python of their own that is asked and answers line by line.
@safe
final class BenchRivals {
  /// A rival that was given a network, or why it has none.
  struct Rival: Codable {
    var name: String
    var version: String?
    /// Why it is not measured.
    var missing: String?
    /// The greatest difference from our results, relative to the largest of them.
    var difference: Double?
  }

  /// What a network is, and what has to come of its first frames.
  struct Network: Encodable {
    var weights: String
    /// The ONNX file that the weights were imported from, for rivals that take it as it is.
    var onnx: String?
    var frames: [[Float]]
    var results: [[Float]]
  }

  private struct Round: Encodable {
    var disturbed: Bool
    var seconds: Double
  }

  private struct Answer: Decodable {
    var rivals: [Rival]?
    var seconds: [String: [Double]]?
  }

  /// The names of those that are asked for.
  static let names = ["ONNX Runtime", "ONNX Runtime, integer", "PyTorch"]

  private let python: String
  private let requests: UnsafeMutablePointer<FILE>?
  private let answers: UnsafeMutablePointer<FILE>?
  /// The last line that was no answer: what a Python that fails has to say.
  private var said = ""

  /// Starts the Python called `python`.
  init(python: String) {
    self.python = python
    // Whether it still reads is seen from its answers.
    signal(SIGPIPE, SIG_IGN)
    var ends: [CInt] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else {
      unsafe (requests, answers) = (nil, nil)
      return
    }
    let scripts = [PackageResources.Rivals_py, PackageResources.RivalONNX_py, PackageResources.RivalTorch_py]
    let words = [python, "-c"] + scripts.map { String(decoding: $0, as: UTF8.self) }
    let python = words.map(Self.quoted).joined(separator: " ")
    let command = "export OMP_NUM_THREADS=1; exec >/dev/fd/\(ends[1]) 2>&1; exec \(python)"
    // The C library's own way: all of Foundation for one child process would double the start of every command.
    unsafe requests = popen(command, "w")
    close(ends[1])
    unsafe answers = fdopen(ends[0], "r")
  }

  deinit {
    if let requests = unsafe requests { unsafe pclose(requests) }
    if let answers = unsafe answers { unsafe fclose(answers) }
  }

  /// Gives every rival a network; says which of them have it.
  func open(_ network: Network) -> [Rival] {
    if let rivals = ask(network)?.rivals { return rivals }
    let reason = "\(python) failed: \(said.isEmpty ? "no answer" : said)"
    return Self.names.map { Rival(name: $0, missing: reason) }
  }

  /// Lets each rival take steps for some seconds; gives the processor time of every step, in seconds.
  func times(disturbed: Bool, seconds: Double) -> [String: [Double]] {
    ask(Round(disturbed: disturbed, seconds: seconds))?.seconds ?? [:]
  }

  private func ask(_ request: some Encodable) -> Answer? {
    guard let requests = unsafe requests, let answers = unsafe answers,
      let line = try? JSONEncoder().encode(request)
    else { return nil }
    let bytes = Array(line) + [UInt8(ascii: "\n")]
    unsafe fwrite(bytes, 1, bytes.count, requests)
    unsafe fflush(requests)
    var text: UnsafeMutablePointer<CChar>?
    var room = 0
    defer { unsafe free(text) }
    while case let count = unsafe getline(&text, &room, answers), count > 0, let start = unsafe text {
      let said = unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
      if let answer = try? JSONDecoder().decode(Answer.self, from: Data(said)) { return answer }
      self.said = String(decoding: said.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
    return nil
  }

  /// A word that a shell takes as it is.
  private static func quoted(_ word: String) -> String {
    "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
