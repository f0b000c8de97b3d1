internal import Control
internal import Foundation

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
    let process = Process()
    let output = Pipe()
    let messages = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python, "-c", String(decoding: PackageResources.BenchRival_py, as: UTF8.self)] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["OMP_NUM_THREADS": "1"]) { _, new in new }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = messages
    do { try process.run() } catch { return Answer(missing: "\(python) does not run: \(error)") }
    // Short enough for a pipe's buffer; the answer is read first all the same.
    let said = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = messages.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    if process.terminationStatus == 0, let answer = try? JSONDecoder().decode(Answer.self, from: said) { return answer }
    let last = String(decoding: complaint, as: UTF8.self).split(separator: "\n").last ?? "it printed nothing"
    return Answer(missing: "\(python) failed: \(last)")
  }
}
