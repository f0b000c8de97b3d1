import Foundation
import Testing

@testable import Network

/// Kernels want weights in panels; of a convolution of many small groups the panels are nearly empty.
@Suite("Weights that grow when they are packed")
struct PaddedWeightsTests {
  /// What loading says of two convolutions of `groups` channels, each by itself, over 64 by 512 numbers.
  ///
  /// The file is as long as it announces, and a hole.
  private func refusal(groups: Int) throws -> ModelError? {
    let shape = "\"shape\": [\(groups), 1, 512]"
    let keys = "\"groups\": \(groups), \"padding\": [63, 0, 0, 0]"
    let layers = """
      {"kind": "slice", "name": "number", "axis": 0, "start": 0, "stop": 1}, \
      {"kind": "expand", "name": "a", \(shape)}, {"kind": "convolution", "name": "b", \(keys)}, \
      {"kind": "expand", "name": "c", \(shape)}, {"kind": "convolution", "name": "d", \(keys)}
      """
    let document = """
      {"format": 2, "name": "n", "title": "t", \
      "grid": {"rate": 16000, "window": 64, "hop": 16, "shape": "square-root-hann"}, \
      "input": {"feature": "magnitude", "scale": 1, "level": {"kind": "none"}}, "layers": [\(layers)], \
      "output": {"kind": "mask", "mask": "soft"}, "training": {}, "quality": {}, "licence": {}}
      """
    let bytes = 4 * groups * 64 * 512
    let tensors = ["b", "d"].enumerated().map { place, name in
      """
      "\(name).weight": {"dtype": "F32", "shape": [\(groups), 1, 64, 512], \
      "data_offsets": [\(place * bytes), \((place + 1) * bytes)]}
      """
    }
    let header = """
      {"__metadata__": {"sotto": "\(document.replacing("\"", with: "\\\""))"}, \(tensors.joined(separator: ","))}
      """
    let start = try WeightsWriter.file(header: Array(header.utf8), [])
    let file = try TemporaryFile(start)
    let handle = try #require(FileHandle(forWritingAtPath: file.path))
    try handle.truncate(atOffset: UInt64(start.count + 2 * bytes))
    try handle.close()
    return #expect(throws: ModelError.self) { _ = try Model.load(path: file.path) }
  }

  @Test("are refused before any memory is taken for them")
  func padding() throws {
    // 16 outputs a panel: twice 2²⁴ weights become twice 2²⁸.
    let text = try refusal(groups: 512).map { "\($0)" } ?? ""
    #expect(text.contains("layers[4]: found 536870912 weights, padded for the kernels, up to here"), "\(text)")
    // A quarter of that gets as far as the output, which it does not fit.
    let other = try refusal(groups: 128).map { "\($0)" } ?? ""
    #expect(!other.contains("padded") && other.contains("[128, 1, 1]"), "\(other)")
  }
}
