import Foundation
import Testing

@testable import Network

@Suite("A network, frame by frame")
struct VoiceNetworkTests {
  @Test(
    "gives the masks that plain double-precision loops give",
    arguments: [
      PlainNetwork(hidden: [], seed: 1),
      PlainNetwork(hidden: [(7, "sigmoid")], seed: 2),
      PlainNetwork(window: 64, hidden: [(33, "tanh"), (1, "linear"), (18, "relu")], last: "sigmoid", seed: 3),
      PlainNetwork(past: 3, hidden: [(11, "sigmoid")], seed: 4),
      PlainNetwork(future: 2, hidden: [(11, "sigmoid")], seed: 5),
      PlainNetwork(past: 2, future: 4, hidden: [(12, "relu"), (13, "tanh")], seed: 6),
    ])
  func agrees(plain: PlainNetwork) throws {
    var network = VoiceNetwork(model: try plain.load())
    let frames = plain.frames(60, seed: 9)
    #expect(network.lookAhead == plain.future)
    for (index, frame) in frames.enumerated() {
      let mask = network.mask(frame)
      guard index >= plain.future else { continue }
      let expected = plain.mask(Array(frames[...index]), at: index - plain.future)
      #expect(zip(mask, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 }, "frame \(index)")
    }
  }

  @Test("gives the same masks of several frames of two streams that go through the layers together")
  func together() throws {
    let plain = PlainNetwork(past: 2, future: 1, hidden: [(11, "sigmoid"), (20, "relu")], seed: 8)
    let model = try plain.load()
    #expect(model.isMemoryless)
    var network = VoiceNetwork(model: model, streams: 2, batch: 3)
    let streams = [plain.frames(30, seed: 4), plain.frames(30, seed: 5)]
    var result = [Float](repeating: -1, count: 2 * network.width)
    for first in stride(from: 0, to: 30, by: 3) {
      for slot in 0..<3 {
        for stream in 0..<2 {
          streams[stream][first + slot].withUnsafeBufferPointer {
            if let frame = $0.baseAddress { network.observe(magnitudes: frame, stream: stream) }
          }
        }
        network.collect(slot)
      }
      network.run()
      for slot in 0..<3 {
        let index = first + slot
        result.withUnsafeMutableBufferPointer { if let place = $0.baseAddress { network.result(slot, into: place) } }
        for stream in 0..<2 {
          let mask = result[stream * network.width..<(stream + 1) * network.width]
          guard index >= plain.future else {
            #expect(mask.allSatisfy { $0 == 0 })
            continue
          }
          let expected = plain.mask(Array(streams[stream][...index]), at: index - plain.future)
          #expect(zip(mask, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 }, "frame \(index) of \(stream)")
        }
      }
    }
  }

  @Test("raises both sources to the exponent of the file", arguments: [0.5, 1, 2, 3.5])
  func exponent(_ exponent: Double) throws {
    var plain = PlainNetwork(hidden: [(5, "sigmoid")], seed: 12)
    plain.exponent = exponent
    var network = VoiceNetwork(model: try plain.load())
    let frames = plain.frames(3, seed: 1)
    for (index, frame) in frames.enumerated() {
      let expected = plain.mask(frames, at: index)
      #expect(zip(network.mask(frame), expected).allSatisfy { abs(Double($0) - $1) < 2e-5 })
    }
  }

  @Test("gives the same mask when other frames' estimates were skipped")
  func skipping() throws {
    let plain = PlainNetwork(past: 2, future: 1, hidden: [(9, "sigmoid")], seed: 7)
    let model = try plain.load()
    var every = VoiceNetwork(model: model)
    var some = VoiceNetwork(model: model)
    for (index, frame) in plain.frames(40, seed: 3).enumerated() {
      let mask = every.mask(frame)
      if index % 5 == 4 {
        let same = some.mask(frame)
        #expect(same == mask)
      } else {
        some.observe(magnitudes: frame)
      }
    }
  }

  @Test("is as new after a reset")
  func reset() throws {
    let plain = PlainNetwork(past: 1, future: 1, hidden: [(9, "tanh")], seed: 8)
    var network = VoiceNetwork(model: try plain.load())
    let frames = plain.frames(20, seed: 4)
    let first = frames.map { network.mask($0) }
    network.reset()
    let second = frames.map { network.mask($0) }
    #expect(first == second)
  }

  @Test("two networks of one model do not disturb each other, and outlive every other owner of it")
  func sharing() throws {
    let plain = PlainNetwork(past: 1, hidden: [(9, "tanh")], seed: 8)
    var model: Model? = try plain.load()
    var one = VoiceNetwork(model: try #require(model))
    var two = VoiceNetwork(model: try #require(model))
    model = nil
    let frames = plain.frames(12, seed: 4)
    let alone = frames.map { one.mask($0) }
    one.reset()
    for (index, frame) in frames.enumerated() {
      _ = two.mask(frames[frames.count - 1 - index])
      let mask = one.mask(frame)
      #expect(mask == alone[index])
    }
  }

  @Test("masks stay between 0 and 1 for silence, denormals and full scale, and come back to what they were")
  func extremes() throws {
    let plain = PlainNetwork(past: 1, hidden: [(9, "relu")], seed: 10)
    var network = VoiceNetwork(model: try plain.load())
    let frames = plain.frames(10, seed: 4)
    for value: Float in [0, .leastNonzeroMagnitude, 1e-38, 1e-12, 0.5, 1] {
      for _ in 0..<5 {
        let mask = network.mask([Float](repeating: value, count: plain.bins))
        #expect(mask.allSatisfy { $0 >= 0 && $0 <= 1 })
      }
    }
    network.reset()
    for (index, frame) in frames.enumerated() {
      let mask = network.mask(frame)
      let expected = plain.mask(frames, at: index)
      #expect(zip(mask, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }
  }

  @Test("a mask is finite and in range even where huge weights overflow inside the network")
  func overflow() throws {
    var plain = PlainNetwork(hidden: [(6, "relu"), (6, "linear")], seed: 10)
    for layer in plain.layers.indices {
      plain.layers[layer].weight = plain.layers[layer].weight.map { $0.map { $0 < 0 ? -3e38 : 3e38 } }
    }
    var network = VoiceNetwork(model: try plain.load())
    for frame in plain.frames(10, seed: 2) {
      let mask = network.mask(frame)
      #expect(mask.allSatisfy { $0 >= 0 && $0 <= 1 })
    }
  }

  @Test("the same music at another volume gives the same masks")
  func volume() throws {
    var plain = PlainNetwork(hidden: [(9, "sigmoid")], seed: 10)
    plain.floor = -200
    var soft = VoiceNetwork(model: try plain.load())
    var loud = VoiceNetwork(model: try plain.load())
    for frame in plain.frames(30, seed: 2) {
      let one = soft.mask(frame.map { $0 / 64 })
      let other = loud.mask(frame)
      #expect(zip(one, other).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }
}
