import Foundation
import ONNX
import Testing

/// Files that are damaged, mad, or ask for what we do not have.
@Suite("What cannot be imported")
struct RefusalTests {
  private var options: ImportOptions {
    var options = ImportOptions()
    (options.rate, options.hop, options.output) = (16000, 4, .voiceMagnitude)
    return options
  }

  /// What the refusal of `bytes` says; nothing if they are taken.
  private func refusal(_ bytes: [UInt8], _ change: (inout ImportOptions) -> Void = { _ in }) -> String? {
    var options = options
    change(&options)
    do {
      _ = try ONNXImport.read(bytes: bytes, file: "model.onnx", options: options)
      return nil
    } catch {
      return error.description
    }
  }

  @Test("is told all at once, with operator, node and what would be taken")
  func list() throws {
    let text = try #require(
      refusal(
        ONNXProto.model([
          ONNXProto.node("Erf", ["frame"], ["a"]),
          ONNXProto.node("Relu", ["a"], ["b"]),
          ONNXProto.node("Softmax", ["frame"], ["c"], attributes: [ONNXProto.attribute("temperature", 2)]),
          ONNXProto.node("FusedConv", ["frame"], ["d"], domain: "com.microsoft"),
          ONNXProto.node("Transpose", ["frame"], ["e"], attributes: [ONNXProto.attribute("perm", 1)]),
          ONNXProto.node("Loop", ["b"], ["result"]),
        ])))
    #expect(text.contains("5 places"))
    for part in [
      #""Erf" "the Erf""#, #"Softmax "the Softmax": attribute "temperature"; supported: axis"#, "com.microsoft",
      #"Transpose "the Transpose": attribute perm"#, #""Loop" "the Loop""#,
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
    #expect(!text.contains("Relu"))
  }

  @Test(
    "is a graph that runs in circles, or from nowhere",
    arguments: [
      [("Add", ["frame", "b"], "a"), ("Relu", ["a"], "b"), ("Relu", ["b"], "result")],
      [("Relu", ["nobody"], "result")], [("Relu", ["result"], "result")],
      [("Relu", ["frame"], "result"), ("Tanh", ["frame"], "result")], [("Relu", ["frame"], "other")],
    ])
  func circles(nodes: [(String, [String], String)]) throws {
    let text = try #require(refusal(ONNXProto.model(nodes.map { ONNXProto.node($0.0, $0.1, [$0.2]) })))
    #expect(["without loops", "each name once", "no node that gives it"].contains { text.contains($0) }, "\(text)")
  }

  @Test("is a size that nothing has")
  func sizes() throws {
    let huge = 1_000_000_000_000
    let relu = ONNXProto.node("Relu", ["frame"], ["result"])
    #expect(
      refusal(ONNXProto.model([relu], inputs: [ONNXProto.value("frame", [1, huge])]))?.contains("\(huge)") == true)
    #expect(refusal(ONNXProto.model([relu], inputs: [ONNXProto.value("frame", [huge, huge, huge])])) != nil)
    #expect(refusal(ONNXProto.model([relu], inputs: [ONNXProto.value("frame", [1, -9])])) != nil)
    #expect(refusal(ONNXProto.model([relu], inputs: [ONNXProto.value("frame", [1, 0])])) != nil)
    let shape = ONNXProto.integers("shape", [huge])
    for kind in ["ConstantOfShape", "Expand", "Reshape", "Tile"] {
      let inputs = kind == "ConstantOfShape" ? ["shape"] : ["frame", "shape"]
      let nodes = [ONNXProto.node(kind, inputs, ["a"]), ONNXProto.node("Add", ["a", "frame"], ["result"])]
      #expect(refusal(ONNXProto.model(nodes, constants: [shape])) != nil, "\(kind)")
    }
    // A constant that says it has more numbers than the file has bytes.
    let liar = Proto().field(1, huge).field(2, 1).field(8, "liar").field(9, [0, 0, 0, 0])
    #expect(refusal(ONNXProto.model([relu], constants: [liar]))?.contains("liar") == true)
    // Twelve doublings a node, a thousand nodes: more numbers than any memory has.
    var nodes = [ONNXProto.node("Concat", ["frame", "frame"], ["a0"], attributes: [ONNXProto.attribute("axis", 1)])]
    for index in 1..<60 {
      nodes.append(
        ONNXProto.node(
          "Concat", ["a\(index - 1)", "a\(index - 1)"], ["a\(index)"], attributes: [ONNXProto.attribute("axis", 1)]))
    }
    #expect(refusal(ONNXProto.model(nodes, outputs: [ONNXProto.value("a59", [])]))?.contains("at most") == true)
  }

  @Test("is weights that lie elsewhere, and what no exporter of these years writes")
  func foreign() throws {
    let relu = ONNXProto.node("Relu", ["frame"], ["result"])
    let external = Proto().field(1, 9).field(2, 1).field(8, "weight").field(13, Proto()).field(14, 1)
    #expect(refusal(ONNXProto.model([relu], constants: [external]))?.contains("another file") == true)
    #expect(refusal(ONNXProto.model([relu], opset: 8))?.contains("operator set 8") == true)
    #expect(refusal(ONNXProto.model([relu], opset: 99)) != nil)
    #expect(refusal(ONNXProto.model([relu], inputs: [ONNXProto.value("frame", [1, 9], type: 7)])) != nil)
    #expect(refusal(Array("GIF89a and so on".utf8)) != nil)
    #expect(refusal([]) != nil)
    #expect(refusal(ONNXProto.model([relu])) == nil)
  }

  @Test("is a state without an output to feed it, or one that feeds two")
  func states() throws {
    let relu = ONNXProto.node("Relu", ["frame"], ["result"])
    let inputs = [ONNXProto.value("frame", [1, 9]), ONNXProto.value("h", [1, 5])]
    #expect(refusal(ONNXProto.model([relu], inputs: inputs))?.contains("no output goes with the input \"h\"") == true)
    let nodes = [relu, ONNXProto.node("Add", ["h", "h2"], ["h_out"])]
    let outputs = [ONNXProto.value("result", [1, 9]), ONNXProto.value("h_out", [1, 5])]
    let both = inputs + [ONNXProto.value("h2", [1, 5])]
    #expect(refusal(ONNXProto.model(nodes, inputs: both, outputs: outputs)) != nil)
    let twice = refusal(ONNXProto.model(nodes, inputs: both, outputs: outputs)) {
      $0.states = [("h", "h_out"), ("h2", "h_out")]
    }
    #expect(twice?.contains("used twice") == true)
  }

  @Test("is a file that ends early, wherever", arguments: ["gru-packed-state", "moves", "scatter", "open-unmix"])
  func truncated(name: String) throws {
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Fixture(name).path)))
    for end in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 400)) {
      #expect(refusal(Array(bytes[..<end])) != nil, "\(end) bytes of \(bytes.count)")
    }
  }

  @Test(
    "never brings the program down, whatever is spoilt",
    arguments: [
      "gru-packed-state", "moves", "scatter", "conv-transpose", "shapes-ahead", "lstm-in-frame-streams", "resize",
      "causal-convolution", "reductions", "gemm", "softmax", "matmul",
    ])
  func spoilt(name: String) throws {
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Fixture(name).path)))
    var random = Seeded(state: 29)
    var taken = 0
    for _ in 0..<200 {
      var spoilt = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        spoilt[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      var options = options
      (options.axes, options.resultAxes) = ("1,frames,bins", "1,bins")
      guard let imported = try? ONNXImport.read(bytes: spoilt, file: "model.onnx", options: options) else { continue }
      taken += 1
      for tensor in imported.tensors { #expect(tensor.values.count == tensor.shape.reduce(1, *)) }
    }
    // Most bytes of such a file are weights, which may be any.
    #expect(taken < 200)
  }
}

/// Repeatable random numbers (SplitMix64).
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
