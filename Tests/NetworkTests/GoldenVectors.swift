import Testing

@testable import Network

/// What the training side wrote about one model: the frames of a sound, and what it makes of them.
struct GoldenVectors {
  /// Magnitudes of each frame.
  let magnitudes: [[Float]]
  /// The level at each frame.
  let levels: [Float]
  /// The voice's mask of each frame.
  let masks: [[Float]]

  /// Reads the tensors of the file at `path`, of frames of `bins` magnitudes.
  init(path: String, bins: Int) throws {
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
      return stride(from: 0, to: numbers.count, by: bins).map { Array(numbers[$0..<$0 + bins]) }
    }
    levels = try #require(values["levels"])
    magnitudes = try rows("magnitudes")
    masks = try rows("masks")
    try #require(levels.count >= 48 && magnitudes.count == levels.count && masks.count == levels.count)
  }
}
