import Foundation
import Testing

@testable import Network

@Suite("A network that hears mid and side")
struct MidSideTests {
  static let bins = 9

  /// A file of one layer, whose result has `rows` masks of random weights.
  static func writer(rows: Int = 2, mask: String = "soft", activation: String = "sigmoid") -> WeightsWriter {
    var random = Seeded(state: 21)
    let (inputs, outputs) = (2 * bins, rows * bins)
    let document: [String: Any] = [
      "format": 2, "name": "pair", "title": "Mid and side",
      "grid": ["rate": 16000, "window": 16, "hop": 4, "shape": "square-root-hann"],
      "input": [
        "feature": "mid-side", "scale": 3, "level": ["kind": "running-rms", "seconds": 0.5, "floor": -60],
      ],
      "layers": [["kind": "dense", "name": "masks", "activation": activation]],
      "output": ["kind": "mask", "mask": mask],
      "training": [String: Any](), "quality": [String: Any](), "licence": [String: Any](),
    ]
    return WeightsWriter(
      document: document,
      tensors: [
        ("masks.weight", .init([outputs, inputs], (0..<outputs * inputs).map { _ in random.float(-1...1) })),
        ("masks.bias", .init([outputs], (0..<outputs).map { _ in random.float(-1...1) })),
      ])
  }

  static func load(_ writer: WeightsWriter) throws -> Model {
    let file = try TemporaryFile(writer.bytes())
    return try withExtendedLifetime(file) { try Model.load(path: file.path) }
  }

  static func floats(_ tensor: WeightsWriter.Tensor) -> [Double] {
    stride(from: 0, to: tensor.bytes.count, by: 4).map { place in
      Double(Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(tensor.bytes[place + $1]) << UInt32(8 * $1) }))
    }
  }

  /// Frames of mid and side, each the same as loud as the other, with silence in the middle third.
  static func frames(_ count: Int) -> [[Float]] {
    var random = Seeded(state: 22)
    return (0..<count).map { index in
      (0..<2 * bins).map { _ in random.float(0...(index * 3 / count == 1 ? 1e-6 : 0.2)) }
    }
  }

  /// The level after each frame: of the mean power of left and right, which is the sum of those of mid and side.
  static func levels(_ frames: [[Float]]) -> [Double] {
    let window = (0..<16).map { sin(Double.pi * Double($0) / 16) }
    let sum = window.reduce(0, +)
    let energy = sum * sum / (16 * window.reduce(0) { $0 + $1 * $1 })
    let keep = exp(-4 / (16000 * 0.5))
    var (weighted, weight) = (0.0, 0.0)
    return frames.map { frame in
      let power = frame.indices.reduce(0) { sum, index in
        let isEnd = index % bins == 0 || index % bins == bins - 1
        return sum + energy * (isEnd ? 1 : 2) * Double(frame[index]) * Double(frame[index])
      }
      if power >= 1e-6 { (weighted, weight) = (keep * weighted + power, keep * weight + 1) }
      return weight == 0 ? 1e-3 : sqrt(weighted / weight)
    }
  }

  /// What the one layer gives, in plain loops.
  static func masks(_ writer: WeightsWriter, _ frames: [[Float]]) -> [[Double]] {
    let (weight, bias) = (floats(writer.tensors[0].tensor), floats(writer.tensors[1].tensor))
    return zip(frames, levels(frames)).map { frame, level in
      bias.indices.map { row in
        let sum = frame.indices.reduce(bias[row]) { $0 + weight[2 * bins * row + $1] * Double(frame[$1]) * 3 / level }
        return 1 / (1 + exp(-sum))
      }
    }
  }

  @Test(
    "gives the masks of both that plain double-precision loops give", arguments: ["soft", "binary", "probabilistic"])
  func agrees(mask: String) throws {
    let writer = Self.writer(mask: mask)
    var network = VoiceNetwork(model: try Self.load(writer))
    #expect(network.bins == Self.bins && network.width == 2 * Self.bins)
    let frames = Self.frames(60)
    for (frame, expected) in zip(frames, Self.masks(writer, frames)) {
      let masks = network.mask(frame)
      for (found, share) in zip(masks, expected) {
        if mask != "binary" {
          #expect(abs(Double(found) - share) < 1e-5)
        } else if abs(share - 0.5) > 1e-5 {
          #expect(found == (share > 0.5 ? 1 : 0))
        }
      }
    }
  }

  @Test("bounds the masks of both")
  func bounds() throws {
    let writer = Self.writer(activation: "linear")
    var network = VoiceNetwork(model: try Self.load(writer))
    for frame in Self.frames(20) {
      let masks = network.mask(frame)
      #expect(masks.allSatisfy { (0...1).contains($0) })
      #expect([masks.prefix(Self.bins), masks.suffix(Self.bins)].allSatisfy { $0.contains(1) || $0.contains(0) })
    }
  }

  @Test("gives the same masks of several frames of two pairs that go through the layers together")
  func together() throws {
    let writer = Self.writer()
    var network = VoiceNetwork(model: try Self.load(writer), streams: 2, batch: 3)
    let frames = Self.frames(30)
    let streams = [frames, Array(frames.reversed())]
    let expected = streams.map { Self.masks(writer, $0) }
    var result = [Float](repeating: -1, count: 2 * network.width)
    for first in stride(from: 0, to: 30, by: 3) {
      for slot in 0..<3 {
        for stream in 0..<2 { network.observe(magnitudes: streams[stream][first + slot], stream: stream) }
        network.collect(slot)
      }
      network.run()
      for slot in 0..<3 {
        network.result(slot, into: &result)
        for stream in 0..<2 {
          let masks = result[stream * network.width..<(stream + 1) * network.width]
          #expect(zip(masks, expected[stream][first + slot]).allSatisfy { abs(Double($0) - $1) < 1e-5 })
        }
      }
    }
  }

  @Test("is described as one of two channels")
  func described() throws {
    let file = try TemporaryFile(Self.writer().bytes())
    let description = try Model.describe(path: file.path)
    #expect(description.input.feature == .midSide && description.input.channels == 2)
    let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(description)) as? [String: Any]
    #expect((json?["input"] as? [String: Any])?["feature"] as? String == "mid-side")
  }

  static let faults: [Fault] =
    ["two-source-magnitudes", "voice-magnitude", "spectrum"].map {
      Fault(
        ["output", "kind"], $0, place: "output.kind", found: $0, expected: "\"mask\", since the input is mid and side")
    }
    + [1, 2].map {
      Fault(
        ["input", "channels"], $0, place: "input.channels", found: "\($0)", expected: "no such key, since mid and side")
    } + [
      Fault(["output", "mask"], "independent", place: "output.mask", found: "independent", expected: "probabilistic"),
      Fault("a mask for one of both", place: "layers[0]", found: "[9]", expected: "[2, 9] or [18], the mask") {
        $0.tensors = writer(rows: 1).tensors
      },
      Fault("masks for three", place: "layers[0]", found: "[27]", expected: "[2, 9] or [18], the mask") {
        $0.tensors = writer(rows: 3).tensors
      },
      Fault("masks side by side", place: "layers[1]", found: "[9, 2]", expected: "[2, 9] or [18], the mask") {
        $0.document["layers"] = [
          ["kind": "dense", "name": "masks", "activation": "sigmoid"],
          ["kind": "reshape", "name": "turned", "shape": [9, 2]],
        ]
      },
    ]

  @Test("is refused, with file, place, found and expected", arguments: faults)
  func refusal(fault: Fault) throws {
    var writer = Self.writer()
    fault.spoil(&writer)
    let file = try TemporaryFile(writer.bytes())
    let error = try #require(throws: ModelError.self) { _ = try Model.load(path: file.path) }
    guard case .refused(let path, let place, let found, let expected) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(path == file.path && place == fault.place)
    #expect(found.contains(fault.found) && expected.contains(fault.expected), "\(error)")
  }

  @Test("may give its masks as two rows")
  func rows() throws {
    var writer = Self.writer()
    writer.document["layers"] = [
      ["kind": "dense", "name": "masks", "activation": "sigmoid"],
      ["kind": "reshape", "name": "rows", "shape": [2, 9]],
    ]
    var one = VoiceNetwork(model: try Self.load(Self.writer()))
    var other = VoiceNetwork(model: try Self.load(writer))
    for frame in Self.frames(5) {
      let masks = one.mask(frame)
      let same = other.mask(frame)
      #expect(masks == same)
    }
  }
}
