import Testing

@testable import Network

/// Vectors that the training side wrote with its own code in double precision.
@Suite("What training computed")
struct GoldenTests {
  @Test("is what the engine computes of the preset that ships")
  func shipped() throws {
    let model = try Model.load(path: "\(Repository.root)/presets/svsgan.safetensors")
    var network = VoiceNetwork(model: model)
    var level = Level(model.description.input.level, grid: model.description.grid)
    let golden = try GoldenVectors(path: Repository.fixture("svsgan-golden.safetensors"), width: network.width)
    for (frame, magnitudes) in golden.magnitudes.enumerated() {
      #expect(abs(Float(level.step(level.power(magnitudes: magnitudes))) / golden.levels[frame] - 1) < 1e-6)
      let furthest = zip(network.mask(magnitudes), golden.masks[frame]).map { abs($0 - $1) }.max()
      #expect(try #require(furthest) < 1e-5, "frame \(frame)")
    }
  }
}
