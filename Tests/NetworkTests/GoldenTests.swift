import Foundation
import Testing

@testable import Network

/// Vectors that the training side wrote with its own code in double precision.
@Suite("What training computed")
struct GoldenTests {
  private func tensors(_ path: String) throws -> [String: [Float]] {
    let file = try Safetensors(path: path)
    var values: [String: [Float]] = [:]
    for (name, tensor) in file.tensors {
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: tensor.bytes.count, alignment: 4)
      defer { bytes.deallocate() }
      try file.read(tensor, named: name, into: #require(bytes.baseAddress))
      values[name] = Array(bytes.bindMemory(to: Float.self))
    }
    return values
  }

  @Test("is what the engine computes", arguments: ["svsgan", "context"])
  func golden(name: String) throws {
    let path =
      name == "svsgan"
      ? "\(Repository.root)/presets/svsgan.safetensors" : Repository.fixture("context-model.safetensors")
    let model = try Model.load(path: path)
    var network = VoiceNetwork(model: model)
    var level = Level(model.description.input.level, grid: model.description.grid)
    let golden = try tensors(Repository.fixture("\(name)-golden.safetensors"))
    let magnitudes = try #require(golden["magnitudes"])
    let levels = try #require(golden["levels"])
    let masks = try #require(golden["masks"])
    let bins = network.bins
    #expect(levels.count == 48 && magnitudes.count == 48 * bins)
    for frame in 0..<48 {
      let input = Array(magnitudes[frame * bins..<(frame + 1) * bins])
      #expect(abs(Float(level.step(level.power(magnitudes: input))) / levels[frame] - 1) < 1e-6)
      let mask = network.mask(input)
      let estimated = frame - network.lookAhead
      guard estimated >= 0 else { continue }
      let expected = masks[estimated * bins..<(estimated + 1) * bins]
      let furthest = zip(mask, expected).map { abs($0 - $1) }.max() ?? .infinity
      #expect(furthest < 1e-5, "frame \(frame)")
    }
  }
}
