import Foundation
import Testing

@testable import Network

/// Small models of every published system and of every kind of layer, and what PyTorch makes of a sound with each of
/// them: of the whole sequence at once, in double precision.
@Suite("Streaming equals the whole sequence")
struct SystemsGoldenTests {
  /// Frames to come that a published system looks at; all others look at none.
  private static let lookAheads = [
    "context": 1, "dnn-3": 1, "dnn-5": 2, "drnn-1": 1, "drnn-2": 1, "drnn-3": 1, "srnn": 1, "wvpnn": 1, "stoller": 46,
    "deep-karaoke": 4,
  ]

  private static let systems = [
    "context", "dnn-1", "dnn-3", "dnn-5", "drnn-1", "drnn-2", "drnn-3", "srnn", "gru-256", "wvpnn", "cvpnn", "unet",
    "causal-unet", "stoller", "deep-karaoke", "lstm-mask", "gru-512x2", "lstm-512x3", "band-split", "dual-path",
    "low-delay", "mid-side",
  ]

  private static let layers = [
    "dense", "vector", "recurrent", "gru-after", "gru-before", "gru-scan", "gru-start", "lstm-ifgo", "lstm-iofg",
    "lstm-scan", "convolution", "transposed-convolution", "history", "every", "at", "normalisation", "activation",
    "arithmetic", "reduce", "attention", "shapes", "colour", "half", "half-convolution", "integer", "state",
  ]

  @Test("in every system", arguments: systems)
  func system(name: String) throws {
    let network = try compare(name)
    #expect(network == Self.lookAheads[name, default: 0])
  }

  @Test("in every kind of layer", arguments: layers)
  func layer(name: String) throws {
    let network = try compare("layer-\(name)")
    #expect(network == 0)
  }

  @Test("two streams through one network are each as if alone", arguments: systems + layers.map { "layer-\($0)" })
  func streams(name: String) throws {
    let model = try Model.load(path: Repository.fixture("\(name)-model.safetensors"))
    var one = VoiceNetwork(model: model)
    var other = VoiceNetwork(model: model)
    var both = VoiceNetwork(model: model, streams: 2)
    let golden = try GoldenVectors(path: Repository.fixture("\(name)-golden.safetensors"), width: both.width)
    for (forth, back) in zip(golden.magnitudes, golden.magnitudes.reversed()) {
      both.observe(magnitudes: forth, stream: 0)
      both.observe(magnitudes: back, stream: 1)
      var masks = [Float](repeating: -1, count: 2 * both.width)
      both.estimate(into: &masks)
      let alone = one.mask(forth) + other.mask(back)
      let furthest = zip(masks, alone).map { abs($0 - $1) }.max()
      // Sums of several streams are added up in another order.
      #expect(try #require(furthest) < 1e-5)
    }
  }

  /// Streams the fixture's frames, forgets them, streams them again; gives the frames of look-ahead.
  private func compare(_ name: String) throws -> Int {
    let model = try Model.load(path: Repository.fixture("\(name)-model.safetensors"))
    var network = VoiceNetwork(model: model)
    let golden = try GoldenVectors(path: Repository.fixture("\(name)-golden.safetensors"), width: network.width)
    let first = network.masks(golden.magnitudes, of: model)
    for (mask, (frame, expected)) in zip(first, golden.masks.enumerated()) {
      let furthest = zip(mask, expected).map { abs($0 - $1) }.max()
      #expect(try #require(furthest) < 1e-5, "frame \(frame)")
    }
    network.reset()
    #expect(network.masks(golden.magnitudes, of: model) == first, "after a reset the same stream gives the same bits")
    return network.lookAhead
  }
}

extension VoiceNetwork {
  /// The masks of all frames that have the future they need; before the first of those, no layer takes a step.
  fileprivate mutating func masks(_ frames: [[Float]], of model: Model) -> [[Float]] {
    for frame in frames.prefix(lookAhead) { observe(magnitudes: frame) }
    let isProbability = model.description.output.mask == .probabilistic
    return frames.dropFirst(lookAhead).map { frame in
      // Where masks are probabilities, PyTorch's were set to 0 and 1 at a half.
      mask(frame).map { isProbability ? ($0 > 0.5 ? 1 : 0) : $0 }
    }
  }
}
