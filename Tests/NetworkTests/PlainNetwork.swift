import Foundation
import Testing

@testable import Network

/// The network as the paper and the file's description have it, in plain loops of double precision: what the engine
/// is compared with.
struct PlainNetwork {
  struct Layer {
    var name: String
    var weight: [[Double]]
    var bias: [Double]
    var activation: String
  }

  var rate = 16000
  var window = 16
  var hop = 4
  var scale = 10.0
  var past = 0
  var future = 0
  var seconds = 0.5
  var floor = -60.0
  var exponent = 1.0
  var layers: [Layer]

  var bins: Int { window / 2 + 1 }

  /// Random weights for hidden layers of these widths and activations.
  init(window: Int = 16, past: Int = 0, future: Int = 0, hidden: [(Int, String)], last: String = "linear", seed: UInt64)
  {
    var random = Seeded(state: seed)
    self.window = window
    self.past = past
    self.future = future
    hop = window / 4
    layers = []
    var inputs = (window / 2 + 1) * (past + 1 + future)
    for (index, (outputs, activation)) in (hidden + [(2 * (window / 2 + 1), last)]).enumerated() {
      layers.append(
        Layer(
          name: "layer.\(index)",
          weight: (0..<outputs).map { _ in (0..<inputs).map { _ in Double(random.float(-0.5...0.5)) } },
          bias: (0..<outputs).map { _ in Double(random.float(-0.5...0.5)) }, activation: activation))
      inputs = outputs
    }
  }

  /// The level after each frame.
  func levels(_ frames: [[Float]]) -> [Double] {
    let shape = (0..<window).map { sin(Double.pi * Double($0) / Double(window)) }
    let sum = shape.reduce(0, +)
    let energy = sum * sum / (Double(window) * shape.reduce(0) { $0 + $1 * $1 })
    let keep = exp(-Double(hop) / (Double(rate) * seconds))
    var weighted = 0.0
    var weight = 0.0
    return frames.map { frame in
      var power = 0.0
      for (bin, magnitude) in frame.enumerated() {
        power += energy * (bin == 0 || bin == bins - 1 ? 1 : 2) * Double(magnitude) * Double(magnitude)
      }
      if power >= pow(10, floor / 10) {
        weighted = keep * weighted + power
        weight = keep * weight + 1
      }
      return weight == 0 ? pow(10, floor / 20) : sqrt(weighted / weight)
    }
  }

  /// The mask for frame `k` from frames `k - past` to `k + future`, the first and last repeated beyond the ends.
  func mask(_ frames: [[Float]], at k: Int) -> [Double] {
    let levels = levels(frames)
    var values: [Double] = []
    for offset in -past...future {
      let frame = min(max(k + offset, 0), frames.count - 1)
      values += frames[frame].map { Double($0) / levels[frame] * scale }
    }
    for layer in layers {
      values = zip(layer.weight, layer.bias).map { row, bias in
        activate(layer.activation, zip(row, values).reduce(bias) { $0 + $1.0 * $1.1 })
      }
    }
    return (0..<bins).map { bin in
      let voice = pow(abs(values[bins + bin]), exponent)
      return voice / (voice + pow(abs(values[bin]), exponent) + 1e-10)
    }
  }

  private func activate(_ name: String, _ x: Double) -> Double {
    switch name {
    case "sigmoid": 1 / (1 + exp(-x))
    case "tanh": tanh(x)
    case "relu": max(0, x)
    default: x
    }
  }

  /// The same network as a file.
  var writer: WeightsWriter {
    var described: [[String: Any]] = layers.map {
      ["kind": "dense", "name": $0.name, "activation": $0.activation]
    }
    if past + future > 0 {
      described.insert(["kind": "reshape", "name": "frames", "shape": [bins * (past + 1 + future)]], at: 0)
    }
    let document: [String: Any] = [
      "format": 2, "name": "plain", "title": "A plain network",
      "grid": ["rate": rate, "window": window, "hop": hop, "shape": "square-root-hann"],
      "input": [
        "feature": "magnitude", "scale": scale, "context": ["past": past, "future": future],
        "level": ["kind": "running-rms", "seconds": seconds, "floor": floor],
      ],
      "layers": described,
      "output": [
        "kind": "two-source-magnitudes", "sources": ["accompaniment", "voice"], "mask": "soft", "exponent": exponent,
      ],
      "training": ["seed": 1], "quality": ["note": "none"], "licence": ["code": "GPL-3.0-or-later"],
    ]
    var tensors: [(String, WeightsWriter.Tensor)] = []
    for layer in layers {
      let weights = layer.weight.flatMap { $0.map(Float.init) }
      tensors.append(("\(layer.name).weight", .init([layer.bias.count, layer.weight[0].count], weights)))
      tensors.append(("\(layer.name).bias", .init([layer.bias.count], layer.bias.map(Float.init))))
    }
    return WeightsWriter(document: document, tensors: tensors)
  }

  /// The same network as the engine loads it.
  func load() throws -> Model {
    let file = try TemporaryFile(writer.bytes())
    return try withExtendedLifetime(file) { try Model.load(path: file.path) }
  }

  /// Magnitudes of a stream: noise, loud and soft, with silence in the middle third.
  func frames(_ count: Int, seed: UInt64) -> [[Float]] {
    var random = Seeded(state: seed)
    return (0..<count).map { index in
      let size: Float = index * 3 / count == 1 ? 1e-6 : (index % 7 == 0 ? 0.3 : 0.05)
      return (0..<bins).map { _ in random.float(0...size) }
    }
  }
}

extension PlainNetwork: CustomTestStringConvertible {
  var testDescription: String { "window \(window), past \(past), future \(future), \(layers.map(\.activation))" }
}

extension VoiceNetwork {
  /// Takes one frame, runs, and gives the mask, or those of mid and side.
  mutating func mask(_ frame: [Float]) -> [Float] {
    observe(magnitudes: frame)
    var mask = [Float](repeating: .nan, count: width)
    estimate(into: &mask)
    return mask
  }
}
