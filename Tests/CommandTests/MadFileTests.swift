import ControlFixtures
import Foundation
import Testing

/// What `sotto check` and `sotto import` make of files that are well-formed and mad: a refusal with a reason, for which
/// they take next to no memory.
@Suite("A mad file is refused, with file, place, found and expected, and without the memory it asks for")
struct MadFileTests {
  /// Beyond what the program takes for a good file.
  static let limit = 64 << 20

  @Test("in the shape of weights", arguments: MadFile.models)
  func model(_ mad: MadFile) throws { try refuse(mad) }

  @Test("in the shape of a preset", arguments: MadFile.presets)
  func preset(_ mad: MadFile) throws { try refuse(mad) }

  @Test("in the shape of an ONNX model", arguments: MadGraph.all)
  func graph(_ mad: MadGraph) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let good = try imported("good", into: folder)
    #expect(good.status == 0, "\(good.messages)")
    let run = try imported(mad.name, into: folder)
    #expect(run.status == 65, "\(mad.name): \(run.messages)")
    for part in ["\(mad.name).onnx", mad.found, mad.expected] {
      #expect(run.messages.contains(part), "\(part) in \(run.messages)")
    }
    #expect(run.memory < good.memory + Self.limit)
    report(mad.name, run, base: good.memory)
  }

  private func imported(_ name: String, into folder: TemporaryFolder) throws -> MeasuredRun {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fuzzing/Corpus/ONNX/\(name).onnx").path
    return try MeasuredRun(
      [
        Tool.path, "import", file, "--rate", "16000", "--hop", "4", "--output", "voice-magnitude", "--to", folder.path,
        "--name", "imported",
      ])
  }

  private func refuse(_ mad: MadFile) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let good = folder.file("good.safetensors")
    try MadFile.safetensors(MadFile.model(MadFile.last)).write(to: URL(fileURLWithPath: good))
    let base = try MeasuredRun([Tool.path, "check", good])
    #expect(base.status == 0, "\(base.messages)")
    for (name, bytes) in mad.beside { try bytes.write(to: URL(fileURLWithPath: folder.file(name))) }
    let file = folder.file(mad.name)
    try mad.bytes.write(to: URL(fileURLWithPath: file))
    let run = try MeasuredRun([Tool.path, "check", file])
    #expect(run.status == 65, "\(run.messages)")
    for part in ["sotto: \(file):", mad.place, "found ", mad.found, ", expected ", mad.expected] where !part.isEmpty {
      #expect(run.messages.contains(part), "\(part) in \(run.messages)")
    }
    #expect(run.memory < base.memory + Self.limit)
    report(mad.what, run, base: base.memory)
  }

  /// Tells what it took, if `SOTTO_MEASURE` is set.
  private func report(_ what: String, _ run: MeasuredRun, base: Int) {
    guard ProcessInfo.processInfo.environment["SOTTO_MEASURE"] != nil else { return }
    print(
      "measured: \(what): \(Int(run.seconds * 1000)) ms, \(run.memory >> 10) KiB, good file \(base >> 10) KiB")
  }
}

/// An ONNX model of the fuzzer's corpus that asks for what no machine has.
struct MadGraph: CustomTestStringConvertible, Sendable {
  let name: String
  let found: String
  let expected: String

  var testDescription: String { name }

  static let all = [
    MadGraph(name: "loop", found: "\"b\"", expected: "without loops"),
    MadGraph(name: "frame-of-10e12", found: "1000000000000", expected: "1 to 67108864 numbers"),
    MadGraph(name: "filled-10e12", found: "more than", expected: "to be computed ahead"),
    MadGraph(name: "filled-over-and-over", found: "more than", expected: "to be computed ahead"),
    MadGraph(name: "expand-10e12", found: "1000000000000", expected: "at most 67108864"),
    MadGraph(name: "pad-reflect", found: "an axis of 33554441", expected: "at most 1048576"),
    MadGraph(name: "tile", found: "more than 131072 indices", expected: "whole slices"),
    MadGraph(name: "range", found: "-9223372036854775808", expected: "can be reached"),
    MadGraph(name: "liar", found: "[1000000000000]", expected: "can be counted"),
    MadGraph(name: "empty-and-endless", found: "4611686018427387904", expected: "can be counted"),
    MadGraph(name: "deep", found: "[75497472]", expected: "at most 67108864"),
  ]
}
