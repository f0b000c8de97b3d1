import Testing

@testable import Network

/// What the training side wrote about one model: the frames of a sound, and what it makes of them.
struct GoldenVectors {
  /// Magnitudes of each frame, of mid and then of side where a model hears those.
  let magnitudes: [[Float]]
  /// The level at each frame.
  let levels: [Float]
  /// The voice's mask of each frame, or those of mid and side.
  let masks: [[Float]]

  /// Reads the tensors of the file at `path`, of frames of `width` magnitudes.
  init(path: String, width: Int) throws {
    let file = try Safetensors(path: path)
    var values: [String: [Float]] = [:]
    for (name, tensor) in file.tensors {
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: tensor.bytes.count, alignment: 4)
      defer { bytes.deallocate() }
      try file.read(tensor, named: name, into: #require(bytes.baseAddress))
      values[name] = Array(bytes.bindMemory(to: Float.self))
    }
    func rows(_ name: String) throws -> [[Float]] {
      let numbers = try #require(values[name])
      return stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) }
    }
    levels = try #require(values["levels"])
    magnitudes = try rows("magnitudes")
    masks = try rows("masks")
    try #require(levels.count >= 48 && magnitudes.count == levels.count && masks.count == levels.count)
  }
}
