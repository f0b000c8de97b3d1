import Foundation

/// Weights files that are well-formed and mad.
extension MadFile {
  static let models: [MadFile] =
    graphs + sizes + [
      .weights(
        "a hop of nothing", model(last, grid: #""rate": 16000, "window": 64, "hop": 0"#), place: "grid.hop", found: "0",
        expected: "1 to 48"),
      .weights(
        "a window of 10¹²", model(last, grid: #""rate": 16000, "window": 1000000000000, "hop": 16"#),
        place: "grid.window", found: "1000000000000", expected: "65536"),
      .weights(
        "a rate that none matches", model(last, grid: #""rate": 16001, "window": 64, "hop": 16"#), place: "grid.rate",
        found: "16001", expected: "repeat within 1024 frames"),
      .weights(
        "a delay of hours", model(last, output: #", "delay": 1000000"#), place: "output.delay", found: "1000000 frames",
        expected: "at most 10"),
      .weights(
        "a look-ahead of hours", model(last, input: #""context": {"past": 0, "future": 9000000},"#),
        place: "input.context.future", found: "9000000", expected: "0 to 1024"),
      .weights(
        "a context of gigabytes",
        model(
          last, grid: #""rate": 16000, "window": 65536, "hop": 16"#, input: #""context": {"past": 1024, "future": 1},"#),
        place: "input", found: "[1026, 32769]", expected: "33554432 numbers"),
      .weights(
        "weights that are denormal", model(layer("affine", "a")),
        tensors: [Tensor("a.scale", [33], Array(repeating: 1e-40, count: 33))], place: "a.scale",
        found: "33 denormal", expected: "other than zero"),
      .weights(
        "a gate named twice", model(layer("lstm", "a", #""gates": "iffo""#)), place: "layers[0].gates", found: "iffo",
        expected: "i, f, g and o"),
      .weights(
        "a dictionary of 10⁹ atoms", dictionary(voice: 1_000_000_000), place: "", found: "the unknown key \"atoms\"",
        expected: "\"layers\""),
      .weights(
        "a document of a hundred thousand lists in each other",
        String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000), place: "__metadata__.sotto",
        found: "deeper than 64", expected: "at most 64"),
      .weights(
        "a document of a hundred thousand objects",
        #"{"format": 2, "training": [\#(Array(repeating: #"{"a":{}}"#, count: 60_000).joined(separator: ","))]}"#,
        place: "name", found: "no such key", expected: "a value"),
    ]

  private static let graphs: [MadFile] = [
    .weights(
      "a layer that reads itself", model(layer("activation", "a", #""function": "relu", "from": "a""#), last),
      place: "layers[0].from", found: "\"a\"", expected: "an earlier layer"),
    .weights(
      "a layer that reads a later one",
      model(layer("activation", "a", #""function": "relu", "from": "last""#), last), place: "layers[0].from",
      found: "\"last\"", expected: "an earlier layer"),
    .weights(
      "states that update each other",
      model(
        layer("state", "one", #""shape": [33], "update": "other""#),
        layer("state", "other", #""shape": [33], "update": "one""#), last), place: "layers[0].update",
      found: "\"other\"", expected: "no state"),
    .weights(
      "a state that updates itself", model(layer("state", "one", #""shape": [33], "update": "one""#), last),
      place: "layers[0].update", found: "\"one\"", expected: "no state"),
    .weights(
      "4097 layers", model((0..<4096).map { layer("softmax", "a\($0)") }.joined(separator: ", "), last),
      place: "layers", found: "an array of 4097", expected: "1 to 4096"),
    .weights(
      "4096 layers of which each doubles the work",
      model((0..<4095).map { layer("concatenate", "a\($0)", doubled($0)) }.joined(separator: ", "), last),
      place: "layers[18]", found: "numbers between layers", expected: "33554432"),
    .weights(
      "4096 products of large matrices",
      model(
        layer("expand", "wide", #""shape": [8192, 33]"#), layer("permute", "high", #""order": [1, 0]"#),
        (0..<4093).map { layer("product", "a\($0)", #""from": ["high", "wide"]"#) }.joined(separator: ", "), last),
      place: "layers[964]", found: "multiplications and moves a frame", expected: "8589934592"),
    .weights(
      "sums over and over the same",
      model(
        layer("expand", "wide", #""shape": [100000, 33]"#),
        (0..<4094).map { layer("reduce", "a\($0)", #""from": "wide", "function": "sum", "axes": [1]"#) }
          .joined(separator: ", "), last),
      place: "layers[303]", found: "numbers between layers", expected: "33554432"),
    .weights(
      "a tensor with more axes than anybody thinks of",
      model((0..<40).map { layer("history", "a\($0)", #""frames": 1"#) }.joined(separator: ", "), last),
      place: "layers[7]", found: "[1, 1, 1", expected: "8 axes"),
  ]

  /// Takes the layer before twice.
  private static func doubled(_ index: Int) -> String {
    let before = index == 0 ? "input" : "a\(index - 1)"
    return #""axis": 0, "from": ["\#(before)", "\#(before)"]"#
  }

  private static let sizes: [MadFile] = [
    .weights(
      "10¹² units", model(layer("dense", "a"), last), tensors: [Tensor("a.weight", [1_000_000_000_000, 33])],
      place: "\"a.weight\".data_offsets", found: "[0, 132000000000000]", expected: "within the 0 bytes"),
    .weights(
      "a tensor whose size overflows", model(layer("dense", "a"), last),
      tensors: [Tensor("a.weight", [1 << 62, 33], [0])], place: "\"a.weight\".shape", found: "4611686018427387904",
      expected: "can be counted"),
    .weights(
      "a tensor of gigabytes between layers", model(layer("expand", "a", #""shape": [1040000, 33]"#), last),
      place: "layers[0]", found: "[1040000, 33]", expected: "33554432 numbers"),
    .weights(
      "10¹² numbers", model(layer("expand", "a", #""shape": [1000000000000, 33]"#), last),
      place: "layers[0].shape[0]", found: "1000000000000", expected: "1 to 33554432"),
    .weights(
      "nothing", model(layer("reshape", "a", #""shape": [0]"#), last), place: "layers[0].shape",
      found: "an array of 1", expected: "33 numbers"),
    .weights(
      "a past of hours", model(layer("history", "a", #""frames": 1040000"#), last), place: "layers[0]",
      found: "[1040000, 33]", expected: "33554432 numbers"),
    .weights(
      "edges wider than any picture",
      model(
        layer("reshape", "a", #""shape": [1, 1, 33]"#),
        layer("convolution", "b", #""padding": [1000000, 1000000, 1000000, 1000000]"#), last),
      tensors: [Tensor("b.weight", [1, 1, 1, 1], [1])], place: "layers[1]", found: "[1, 2000001, 2000033]",
      expected: "33554432 numbers"),
    .weights(
      "strides that step over all but a point",
      model(
        layer("reshape", "a", #""shape": [1, 1, 33]"#),
        layer(
          "convolution", "b",
          #""padding": [1000000, 1000000, 1000000, 1000000], "stride": [1048576, 1048576]"#), last),
      tensors: [Tensor("b.weight", [1, 1, 1, 1], [1])], place: "layers[1]", found: "working memory",
      expected: "33554432"),
    .weights(
      "phases without end, cut down to a point",
      model(
        layer("reshape", "a", #""shape": [33, 1, 1]"#),
        layer(
          "transposed-convolution", "b",
          #""extra": [5800, 5800], "stride": [1048576, 1048576], "dilation": [1, 1]"#), last),
      tensors: [Tensor("b.weight", [33, 1, 1, 1], Array(repeating: 1, count: 33))], place: "layers[1]",
      found: "[1, 5801, 5801]", expected: "33554432 numbers"),
    .weights(
      "an index beyond its axis", model(layer("gather", "a", #""axis": 0, "indices": [33]"#), last),
      place: "layers[0].indices[0]", found: "33", expected: "0 to 32"),
  ]
}
