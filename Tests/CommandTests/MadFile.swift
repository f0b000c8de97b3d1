import Foundation
import Testing

/// A file that is well-formed and asks for what no machine has, and what its refusal has to name.
struct MadFile: CustomTestStringConvertible, Sendable {
  let what: String
  /// What the file is called, and so what it is taken for.
  let name: String
  let bytes: Data
  let place: String
  let found: String
  let expected: String
  /// Files that stand beside it.
  var beside: [String: Data] = [:]

  var testDescription: String { what }

  /// A weights file for the description `document`, with tensors that are announced and not filled where they cannot be.
  static func weights(
    _ what: String, _ document: String, tensors: [Tensor] = [], place: String, found: String, expected: String
  ) -> MadFile {
    MadFile(
      what: what, name: "mad.safetensors", bytes: safetensors(document, tensors), place: place, found: found,
      expected: expected)
  }

  static func preset(
    _ what: String, _ text: String, place: String, found: String, expected: String, beside: [String: Data] = [:]
  ) -> MadFile {
    MadFile(
      what: what, name: "mad.toml",
      bytes: Data("format = 1\ntitle = 'T'\nsummary = 'S'\n\(text)\n".utf8), place: place, found: found,
      expected: expected, beside: beside)
  }

  /// A tensor of the header; the file holds `bytes` for it, however many it announces.
  struct Tensor: Sendable {
    let name: String
    let shape: [Int]
    let bytes: Data

    init(_ name: String, _ shape: [Int], _ values: [Float] = []) {
      self.name = name
      self.shape = shape
      bytes = values.withUnsafeBufferPointer { Data(buffer: $0) }
    }
  }

  static func safetensors(_ document: String, _ tensors: [Tensor] = []) -> Data {
    var data = Data()
    var entries: [String] = []
    for tensor in tensors {
      let announced = tensor.bytes.isEmpty ? tensor.shape.reduce(4, &*) : tensor.bytes.count
      entries.append(
        #""\#(tensor.name)": {"dtype": "F32", "shape": \#(tensor.shape), "#
          + #""data_offsets": [\#(data.count), \#(data.count &+ announced)]}"#)
      data += tensor.bytes
    }
    let text = document.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: " ")
    entries.append(#""__metadata__": {"sotto": "\#(text)"}"#)
    let header = Data("{\(entries.joined(separator: ", "))}".utf8)
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header + data
  }

  /// The description of a model of 33 bins with the layers `layers`, or with another grid, input or output.
  static func model(
    _ layers: String..., grid: String = #""rate": 16000, "window": 64, "hop": 16"#, input: String = "",
    output: String = ""
  ) -> String {
    """
    {"format": 2, "name": "mad", "title": "Mad", "grid": {\(grid), "shape": "hann"},
    "input": {"feature": "magnitude", "scale": 1, \(input) "level": {"kind": "none"}},
    "layers": [\(layers.joined(separator: ", "))], "output": {"kind": "mask", "mask": "soft" \(output)},
    "training": {}, "quality": {}, "licence": {}}
    """
  }

  /// A layer of the kind `kind` with further keys.
  static func layer(_ kind: String, _ name: String, _ keys: String = "") -> String {
    #"{"kind": "\#(kind)", "name": "\#(name)"\#(keys.isEmpty ? "" : ", ")\#(keys)}"#
  }

  /// A layer that any model may end with.
  static let last = layer("activation", "last", #""function": "sigmoid", "from": "input""#)

  /// A dictionary of `voice` atoms at the grid.
  static func dictionary(voice: Int, hop: Int = 16) -> String {
    """
    {"format": 1, "kind": "dictionary", "name": "mad", "title": "Mad",
    "grid": {"rate": 16000, "window": 64, "hop": \(hop), "shape": "square-root-hann"},
    "atoms": {"voice": \(voice), "accompaniment": 1}, "training": {}, "quality": {}, "licence": {}}
    """
  }
}
