import Foundation
import Testing

@testable import Network

/// Whatever happens to a file, loading it ends in a model or in a refusal.
@Suite("A damaged weights file")
struct CorruptionTests {
  private let plain = PlainNetwork(window: 16, past: 1, hidden: [(5, "sigmoid"), (4, "tanh")], seed: 1)

  /// Nil when the bytes load, after running the model; else the refusal.
  private func outcome(_ bytes: [UInt8], in file: TemporaryFile) throws -> ModelError? {
    try file.write(bytes)
    let model: Model
    do throws(ModelError) {
      model = try Model.load(path: file.path)
    } catch {
      #expect(error.file == file.path)
      return error
    }
    var network = VoiceNetwork(model: model)
    let mask = network.mask([Float](repeating: 0.1, count: network.bins))
    #expect(mask.allSatisfy { $0 >= 0 && $0 <= 1 })
    return nil
  }

  @Test("is refused when cut at any byte")
  func truncation() throws {
    let bytes = try plain.writer.bytes()
    let file = try TemporaryFile([])
    for length in bytes.indices {
      #expect(try outcome(Array(bytes[..<length]), in: file) != nil, "\(length) bytes")
    }
    #expect(try outcome(bytes, in: file) == nil)
  }

  @Test("is refused when bytes are missing in the middle", arguments: 0..<100)
  func holes(seed: UInt64) throws {
    var random = Seeded(state: seed)
    var bytes = try plain.writer.bytes()
    let start = Int.random(in: 8..<bytes.count, using: &random)
    bytes.removeSubrange(start..<Int.random(in: start + 1...bytes.count, using: &random))
    #expect(try outcome(bytes, in: TemporaryFile([])) != nil)
  }

  @Test("never crashes the loader or the network, whatever bits are turned", arguments: 0..<20)
  func flips(seed: UInt64) throws {
    var random = Seeded(state: seed)
    let bytes = try plain.writer.bytes()
    let file = try TemporaryFile([])
    for _ in 0..<50 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        damaged[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
      }
      _ = try outcome(damaged, in: file)
    }
  }

  @Test("never crashes the loader, whatever stands in its header", arguments: 0..<20)
  func splices(seed: UInt64) throws {
    var random = Seeded(state: seed)
    let bytes = try plain.writer.bytes()
    let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let pieces = [
      "{", "}", "[", "]", "\"", ":", ",", "-", "0", "1e999", "9223372036854775808", "\\", "null", "\\ud800",
    ]
    let file = try TemporaryFile([])
    for _ in 0..<50 {
      var header = Array(bytes[8..<8 + length])
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let piece = Array((pieces.randomElement(using: &random) ?? "").utf8)
        let place = Int.random(in: 0..<header.count - 20, using: &random)
        header.replaceSubrange(place..<place + Int.random(in: 0...piece.count, using: &random), with: piece)
      }
      _ = try outcome(WeightsWriter.file(header: header, Array(bytes[(8 + length)...])), in: file)
    }
  }

  @Test("leaves no file open behind it")
  func descriptors() throws {
    let count = { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
    let bytes = try plain.writer.bytes()
    let file = try TemporaryFile([])
    let before = try count()
    for length in stride(from: 0, to: bytes.count, by: 7) { _ = try outcome(Array(bytes[..<length]), in: file) }
    for _ in 0..<100 { _ = try? Model.load(path: "/tmp") }
    // Other tests open files meanwhile, but not by the hundred.
    #expect(try count() < before + 50)
  }
}
