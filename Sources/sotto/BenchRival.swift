internal import Control
internal import FoundationEssentials
private import Glibc

/// Another program that runs the same network, measured in the same way: ONNX Runtime by its Python package.
struct BenchRival: Encodable {
  let name = "ONNX Runtime"
  @OrNull var version: String?
  @OrNull var hot: BenchTimes?
  @OrNull var paced: BenchTimes?
  /// The rival's median over ours: above 1 where it is slower.
  @OrNull var hotRatio: Double?
  @OrNull var pacedRatio: Double?
  /// Why there are no times.
  @OrNull var missing: String?

  private enum CodingKeys: CodingKey { case name, version, hot, paced, hotRatio, pacedRatio, missing }

  /// What the script prints.
  private struct Answer: Decodable {
    var version: String?
    var hot: BenchTimes?
    var paced: BenchTimes?
    var missing: String?
  }

  /// Measures, or says why not.
  ///
  /// - Parameters:
  ///   - weights: The network's weights file; `nil` for a method without one.
  ///   - python: The Python to ask.
  ///   - seconds: How long the paced steps go on.
  ///   - hop: The time from step to step.
  ///   - hot: Our own times.
  ///   - paced: Our own times.
  init(weights: String?, python: String, seconds: Double, hop: Double, hot: BenchTimes, paced: BenchTimes) {
    guard let weights else {
      missing = "the preset has no network"
      return
    }
    let answer = Self.ask(python, arguments: [weights, String(seconds), String(hop)])
    version = answer.version
    self.hot = answer.hot
    self.paced = answer.paced
    missing = answer.missing
    hotRatio = answer.hot.map { $0.median / hot.median }
    pacedRatio = answer.paced.map { $0.median / paced.median }
  }

  private static func ask(_ python: String, arguments: [String]) -> Answer {
    let script = String(decoding: PackageResources.BenchRival_py, as: UTF8.self)
    let words = ([python, "-c", script] + arguments).map(Self.quoted).joined(separator: " ")
    // The C library's own way: all of Foundation for one child process would double the start of every command.
    guard let stream = unsafe popen("export OMP_NUM_THREADS=1; exec 2>&1; exec \(words)", "r") else {
      return Answer(missing: "\(python) does not run: \(unsafe String(cString: strerror(errno)))")
    }
    var said: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4096)
    while case let count = unsafe fread(&block, 1, block.count, stream), count > 0 { said += block[..<count] }
    let status = unsafe pclose(stream)
    let last = said.split(separator: UInt8(ascii: "\n")).last ?? []
    if status == 0, let answer = try? JSONDecoder().decode(Answer.self, from: Data(last)) { return answer }
    return Answer(missing: "\(python) failed: \(String(decoding: last, as: UTF8.self))")
  }

  /// A word that a shell takes as it is.
  private static func quoted(_ word: String) -> String {
    "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
