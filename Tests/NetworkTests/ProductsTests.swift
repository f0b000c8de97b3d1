import CRealtime
import Foundation
import Testing

@testable import Network

/// A network whose convolutions are asked to multiply bytes.
@Suite("Products of bytes")
struct ProductsTests {
  /// A mask from the magnitudes of a frame by way of so many channels, twice.
  private static func file(channels: Int) throws -> TemporaryFile {
    var random = Seeded(state: 7)
    func weights(_ count: Int, within bound: Float) -> [Float] { (0..<count).map { _ in random.float(-bound...bound) } }
    let document: [String: Any] = [
      "format": 2, "name": "n", "title": "t",
      "grid": ["rate": 16000, "window": 64, "hop": 16, "shape": "square-root-hann"],
      "input": ["feature": "magnitude", "scale": 1, "level": ["kind": "none"]],
      "layers": [
        ["kind": "reshape", "name": "frame", "shape": [1, 1, 33]],
        ["kind": "convolution", "name": "in", "padding": [0, 0, 1, 1], "activation": "relu"],
        ["kind": "convolution", "name": "within", "padding": [0, 0, 1, 1], "activation": "relu"],
        ["kind": "transposed-convolution", "name": "back", "padding": [0, 0, 1, 1], "activation": "relu"],
        ["kind": "convolution", "name": "out", "activation": "sigmoid"],
        ["kind": "reshape", "name": "mask", "shape": [33]],
      ],
      "output": ["kind": "mask", "mask": "soft"], "training": [:], "quality": [:], "licence": [:],
    ]
    let deep = (1 / Float(channels)).squareRoot()
    let tensors: [(String, WeightsWriter.Tensor)] = [
      ("in.weight", .init([channels, 1, 1, 3], weights(3 * channels, within: 1))),
      ("within.weight", .init([channels, channels, 1, 3], weights(3 * channels * channels, within: deep))),
      ("back.weight", .init([channels, channels, 1, 3], weights(3 * channels * channels, within: deep))),
      ("out.weight", .init([1, channels, 1, 1], weights(channels, within: 4 * deep))),
    ]
    return try TemporaryFile(WeightsWriter(document: document, tensors: tensors).bytes())
  }

  /// The masks of twenty frames of noise.
  private static func masks(_ model: Model, streams: Int = 1) -> [Float] {
    var network = VoiceNetwork(model: model, streams: streams)
    var random = Seeded(state: 8)
    return (0..<20).flatMap { _ in
      for stream in 0..<streams {
        network.observe(magnitudes: (0..<33).map { _ in random.float(0...1) }, stream: stream)
      }
      var mask = [Float](repeating: .nan, count: 33 * streams)
      network.estimate(into: &mask)
      return mask
    }
  }

  @Test("give nearly the masks of single ones, of one stream and of two, where the processor is faster with them")
  func nearly() throws {
    let file = try Self.file(channels: 32)
    let single = try Model.load(path: file.path)
    let bytes = try Model.load(path: file.path, products: .bytes)
    #expect(single.products == .single && bytes.products == (rt_multiplies_bytes() ? .bytes : .single))
    for streams in [1, 2] {
      let (wanted, found) = (Self.masks(single, streams: streams), Self.masks(bytes, streams: streams))
      #expect((wanted.max() ?? 0) - (wanted.min() ?? 0) > 0.1, "masks that are all alike would prove nothing")
      let furthest = zip(wanted, found).map { abs($0 - $1) }.max() ?? 1
      #expect(furthest < 0.02)
      #expect((furthest > 0) == rt_multiplies_bytes(), "what is rounded shows")
    }
  }

  @Test("are left to convolutions that have enough of them")
  func narrow() throws {
    let file = try Self.file(channels: 31)
    let (single, bytes) = (try Model.load(path: file.path), try Model.load(path: file.path, products: .bytes))
    #expect(bytes.products == .single && Self.masks(bytes) == Self.masks(single))
  }
}
