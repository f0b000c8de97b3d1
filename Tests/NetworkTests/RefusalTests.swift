import Foundation
import Testing
import Text

@testable import Network

/// What is wrong with a file, and what its refusal must name.
struct Fault: CustomTestStringConvertible, Sendable {
  var what: String
  var place: String
  var found: String
  var expected: String
  var spoil: @Sendable (inout WeightsWriter) -> Void

  init(
    _ what: String, place: String, found: String, expected: String,
    _ spoil: @escaping @Sendable (inout WeightsWriter) -> Void
  ) {
    self.what = what
    self.place = place
    self.found = found
    self.expected = expected
    self.spoil = spoil
  }

  /// A fault in the description: `value` under `keys`, a number as text choosing an element of an array.
  init(_ keys: [String], _ value: any Sendable, place: String, found: String, expected: String) {
    self.init("\(keys.joined(separator: ".")) = \(value)", place: place, found: found, expected: expected) {
      $0.document = Self.set(keys[...], value, in: $0.document) as? [String: Any] ?? [:]
    }
  }

  private static func set(_ keys: ArraySlice<String>, _ value: any Sendable, in node: Any) -> Any {
    guard let key = keys.first else { return value }
    if var array = node as? [Any], let index = Int(key) {
      array[index] = set(keys.dropFirst(), value, in: array[index])
      return array
    }
    var object = node as? [String: Any] ?? [:]
    object[key] = value is Nothing && keys.count == 1 ? nil : set(keys.dropFirst(), value, in: object[key] ?? [:])
    return object
  }

  /// Stands for a key that is taken away.
  struct Nothing: Sendable {}

  var testDescription: String { what }
}

@Suite("A weights file is refused, with file, place, found and expected, for")
struct RefusalTests {
  static let descriptionFaults: [Fault] = [
    Fault(["format"], 1, place: "format", found: "1", expected: "2"),
    Fault(["format"], "1", place: "format", found: "\"1\"", expected: "integer"),
    Fault(["name"], "../../etc", place: "name", found: "../../etc", expected: "name"),
    Fault(["title"], "two\nlines", place: "title", found: "two\\u{a}lines", expected: "line of text"),
    Fault(["colour"], "red", place: "", found: "colour", expected: "licence"),
    Fault(["grid"], Fault.Nothing(), place: "grid", found: "no such key", expected: "a value"),
    Fault(["grid"], 3, place: "grid", found: "3", expected: "an object"),
    Fault(["grid", "rates"], 16000, place: "grid", found: "rates", expected: "\"rate\""),
    Fault(["grid", "rate"], 0, place: "grid.rate", found: "0", expected: "4000 to 384000"),
    Fault(["grid", "rate"], 16001, place: "grid.rate", found: "16001", expected: "44100 Hz repeat within 1024"),
    Fault(["grid", "rate"], 1e30, place: "grid.rate", found: "1e+30", expected: "integer"),
    Fault(["grid", "rate"], true, place: "grid.rate", found: "true", expected: "integer"),
    Fault(["grid", "window"], 15, place: "grid.window", found: "15", expected: "16"),
    Fault(["grid", "window"], 17, place: "grid.window", found: "17", expected: "even"),
    Fault(["grid", "window"], 1 << 40, place: "grid.window", found: "1099511627776", expected: "65536"),
    Fault(["grid", "hop"], 0, place: "grid.hop", found: "0", expected: "1 to 12"),
    Fault(["grid", "hop"], 13, place: "grid.hop", found: "13", expected: "1 to 12"),
    Fault(["grid", "hop"], 1, place: "grid.hop", found: "1", expected: "1/8000 of a second"),
    Fault(["grid", "hop"], 4.5, place: "grid.hop", found: "4.5", expected: "integer"),
    Fault(
      ["grid", "shape"], "square", place: "grid.shape", found: "square",
      expected: "one of \"square-root-hann\", \"hann\", \"low-delay\", \"low-delay-hann\""),
    Fault(
      ["grid"], ["rate": 16000, "window": 16, "hop": 9, "shape": "low-delay"] as [String: any Sendable],
      place: "grid.hop", found: "9", expected: "1 to 8"),
    Fault(["input", "feature"], "log", place: "input.feature", found: "log", expected: "magnitude"),
    Fault(["input", "scale"], 0, place: "input.scale", found: "0", expected: "1e-06"),
    Fault(["input", "scale"], "x", place: "input.scale", found: "\"x\"", expected: "number"),
    Fault(["input", "context", "past"], -1, place: "input.context.past", found: "-1", expected: "0 to"),
    Fault(
      ["input", "context", "future"], 900_000_000, place: "input.context.future", found: "900000000", expected: "0"),
    Fault(["input", "context", "future"], "1", place: "input.context.future", found: "\"1\"", expected: "integer"),
    Fault(["input", "level", "kind"], "peak", place: "input.level.kind", found: "peak", expected: "running-rms"),
    Fault(["input", "level", "seconds"], 0, place: "input.level.seconds", found: "0", expected: "0.001"),
    Fault(["input", "level", "floor"], 3, place: "input.level.floor", found: "3", expected: "-200"),
    Fault(["layers"], [Int](), place: "layers", found: "an array of 0", expected: "1 to 4096"),
    Fault(["layers"], [Int](repeating: 1, count: 9999), place: "layers", found: "9999", expected: "4096"),
    Fault(
      ["layers", "0", "kind"], "denes", place: "layers[0].kind", found: "denes", expected: "did you mean \"dense\""),
    Fault(["layers", "0"], 7, place: "layers[0]", found: "7", expected: "an object"),
    Fault(["layers", "0", "inputs"], 10, place: "layers[0]", found: "inputs", expected: "activation"),
    Fault(["layers", "1", "name"], "layer.0", place: "layers[1].name", found: "layer.0", expected: "no other"),
    Fault(["layers", "0", "name"], "input", place: "layers[0].name", found: "input", expected: "no other"),
    Fault(["layers", "0", "activation"], "gelu", place: "layers[0].activation", found: "gelu", expected: "tanh"),
    Fault(["layers", "0", "bias"], false, place: "layers[0]", found: "bias", expected: "activation"),
    Fault(["layers", "1", "from"], "layer.2", place: "layers[1].from", found: "layer.2", expected: "earlier"),
    Fault(["layers", "1", "from"], "layer.1", place: "layers[1].from", found: "layer.1", expected: "earlier"),
    Fault(["layers", "1", "from"], 3, place: "layers[1].from", found: "3", expected: "a name"),
    Fault(["layers", "1", "from"], ["layer.0", "input"], place: "layers[1].from", found: "2", expected: "1 of them"),
    Fault(["output", "kind"], "sound", place: "output.kind", found: "sound", expected: "two-source-magnitudes"),
    Fault(["output", "kind"], "spectrum", place: "output.sources", found: "2", expected: "but the voice"),
    Fault(["output", "sources"], ["voice", "drums"], place: "output.sources", found: "2", expected: "voice"),
    Fault(["output", "mask"], "hard", place: "output.mask", found: "hard", expected: "soft"),
    Fault(["output", "delay"], -1, place: "output.delay", found: "-1", expected: "0"),
    Fault(
      ["output", "delay"], 900_000, place: "input.context.future, output.delay", found: "900000 frames",
      expected: "10.0 s"),
    Fault(["output", "exponent"], 0, place: "output.exponent", found: "0", expected: "0.25"),
    Fault(["training"], "long", place: "training", found: "long", expected: "an object"),
    Fault(["quality"], [1], place: "quality", found: "an array", expected: "an object"),
    Fault(["licence", "code"], 3, place: "licence.\"code\"", found: "3", expected: "a string"),
  ]

  static let tensorFaults: [Fault] = [
    Fault("a tensor too many", place: "\"extra\"", found: "no layer", expected: "layer.0") {
      $0.tensors.append(("extra", .init([1], [0])))
    },
    Fault("a missing matrix", place: "layer.0.weight", found: "no such tensor", expected: "2 axes") {
      $0.tensors.removeAll { $0.name == "layer.0.weight" }
    },
    Fault("too few rows", place: "layers[1]", found: "[17]", expected: "[2, 9] or [18]") {
      $0.tensors[2].tensor = .init([17, 5], [Float](repeating: 0, count: 85))
      $0.tensors[3].tensor = .init([17], [Float](repeating: 0, count: 17))
    },
    Fault("denormals", place: "layer.0.weight", found: "45 denormal", expected: "other than zero") {
      $0.tensors[0].tensor = .init([5, 9], [Float](repeating: Float(bitPattern: 1 << 20), count: 45))
    },
    Fault("a transposed matrix", place: "layer.0.weight", found: "[9, 5]", expected: "[rows, 9]") {
      $0.tensors[0].tensor.shape = [9, 5]
    },
    Fault("half precision", place: "layer.0.bias", found: "F16", expected: "F32") {
      $0.tensors[1].tensor.type = "F16"
      $0.tensors[1].tensor.bytes.removeLast(10)
    },
    Fault("an unknown type", place: "\"layer.0.bias\".dtype", found: "F31", expected: "F32") {
      $0.tensors[1].tensor.type = "F31"
    },
    Fault("NaN", place: "layer.0.weight[1, 2]", found: "nan", expected: "finite") {
      $0.tensors[0].tensor = .init([5, 9], (0..<45).map { $0 == 11 ? .nan : 0 })
    },
    Fault("infinity", place: "layer.1.bias[17]", found: "-inf", expected: "finite") {
      $0.tensors[3].tensor = .init([18], (0..<18).map { $0 == 17 ? -.infinity : 0 })
    },
    Fault("a shape whose product overflows", place: "\"layer.0.bias\".shape", found: "\(1 << 40)", expected: "counted")
    {
      $0.tensors[1].tensor.shape = [1 << 40, 1 << 40]
    },
    Fault(
      "a shape of nothing times much", place: "\"layer.0.bias\".data_offsets", found: "20 bytes",
      expected: "0 for shape"
    ) {
      $0.tensors[1].tensor.shape = [0, 1 << 62]
    },
    Fault("a negative extent", place: "\"layer.0.bias\".shape", found: "-5", expected: "from 0") {
      $0.tensors[1].tensor.shape = [-5]
    },
    Fault("too many dimensions", place: "\"layer.0.bias\".shape", found: "40", expected: "8") {
      $0.tensors[1].tensor.shape = [Int](repeating: 1, count: 40)
    },
    Fault("offsets that overlap", place: "\"layer.0.bias\"", found: "byte 176", expected: "180") {
      $0.offsets["layer.0.bias"] = [176, 196]
    },
    Fault("offsets behind the end", place: "\"layer.1.bias\".data_offsets", found: "1000000", expected: "within") {
      $0.offsets["layer.1.bias"] = [1_000_000, 1_000_072]
    },
    Fault("offsets that run backwards", place: "\"layer.1.bias\".data_offsets", found: "[72, 0]", expected: "begin") {
      $0.offsets["layer.1.bias"] = [72, 0]
    },
    Fault("offsets that overflow", place: "\"layer.1.bias\".data_offsets", found: "\(Int.max)", expected: "within") {
      $0.offsets["layer.1.bias"] = [Int.max - 1, Int.max]
    },
    Fault("another program's metadata", place: "__metadata__", found: "format", expected: "only \"sotto\"") {
      $0.metadata["format"] = "pt"
    },
    Fault("metadata that is no text", place: "__metadata__.\"sotto\"", found: "3", expected: "string") {
      $0.metadata["sotto"] = 3
    },
    Fault("a description that is no JSON", place: "__metadata__.sotto, byte 1", found: "x", expected: "quotes") {
      $0.metadata["sotto"] = "{x}"
    },
  ]

  private func refusal(_ bytes: [UInt8]) throws -> ModelError {
    let file = try TemporaryFile(bytes)
    return try withExtendedLifetime(file) { try refusal(path: file.path) }
  }

  private func refusal(path: String) throws -> ModelError {
    try #require(throws: ModelError.self) { _ = try Model.load(path: path) }
  }

  private func check(_ error: ModelError, _ fault: Fault) {
    guard case .refused(let file, let place, let found, let expected) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(place == fault.place)
    #expect(found.contains(fault.found), "\(error)")
    #expect(expected.contains(fault.expected), "\(error)")
    #expect(error.description.hasPrefix("\(file): ") && file.hasSuffix("model.safetensors"))
  }

  @Test("a fault in its description", arguments: descriptionFaults)
  func description(fault: Fault) throws {
    var writer = PlainNetwork(hidden: [(5, "sigmoid")], seed: 1).writer
    fault.spoil(&writer)
    check(try refusal(writer.bytes()), fault)
  }

  @Test("a fault in its tensors", arguments: tensorFaults)
  func tensors(fault: Fault) throws {
    var writer = PlainNetwork(hidden: [(5, "sigmoid")], seed: 1).writer
    fault.spoil(&writer)
    check(try refusal(writer.bytes()), fault)
  }

  @Test("having no description")
  func undescribed() throws {
    let error = try refusal(WeightsWriter.file(header: Array("{}".utf8), []))
    #expect(
      error.description.hasSuffix(#"__metadata__: found no key "sotto", expected one, with the model's description"#))
  }

  @Test("asking for a look-ahead that nobody would wait for")
  func lookAhead() throws {
    var plain = PlainNetwork(window: 4096, hidden: [(1, "relu")], seed: 1)
    plain.future = 200
    plain.layers[0].weight[0] = [Double](repeating: 0, count: plain.bins * 201)
    let error = try refusal(plain.writer.bytes())
    #expect(
      error.description.contains("input.context.future, output.delay: found 200 frames, expected a look-ahead of at"))
    #expect(error.description.contains("12.8 s"))
  }

  @Test(
    "asking for more memory or work than a frame could need, before any is taken",
    arguments: [
      (["kind": "expand", "shape": [1 << 24, 9]], "a result of shape"),
      (["kind": "history", "frames": 1 << 20, "axis": 0], "a result of shape"),
      (["kind": "history", "frames": 30_000, "axis": 0, "spacing": 1024], "numbers of working memory"),
      (["kind": "pad", "axis": 0, "before": 1 << 20, "after": 1 << 20], "numbers between layers"),
      (["kind": "state", "shape": [1 << 13, 1 << 13], "update": "layer.1"], "a result of shape"),
      (["kind": "expand", "shape": [1 << 23, 9]], "a result of shape"),
    ] as [([String: any Sendable], String)])
  func enormous(layer: [String: any Sendable], reason: String) throws {
    var writer = PlainNetwork(hidden: [(5, "sigmoid")], seed: 1).writer
    // Again and again, so that what is admitted once is not admitted a hundred times.
    let layers = (0..<100).map { index in layer.merging(["name": "much.\(index)"]) { $1 } as [String: Any] }
    writer.document["layers"] = layers + (writer.document["layers"] as? [Any] ?? [])
    let error = try refusal(writer.bytes()).description
    #expect(error.contains("layers[") && error.contains(reason) && error.contains("expected at most"))
  }

  @Test(
    "layers that run every so many frames, and never meet what they read",
    arguments: [
      (
        [["kind": "activation", "function": "relu", "every": 0]],
        "layers[0].every: found 0, expected an integer from 1 to"
      ),
      (
        [
          ["kind": "activation", "function": "relu", "every": 3],
          ["kind": "activation", "function": "relu", "every": 2],
        ], "layers[1].every: found 2, expected a multiple or a divisor of 3"
      ),
      (
        [["kind": "activation", "function": "relu", "every": 2], ["kind": "reshape", "shape": [-1]]],
        "layers[1].every: found no such key, expected 2, as the layer has whose numbers it shares"
      ),
      (
        [["kind": "state", "shape": [5], "update": "layer.0", "every": 2]],
        "layers[0].every: found 2, expected 1 of a state"
      ),
      (
        [["kind": "activation", "function": "relu", "every": 3, "at": 3]],
        "layers[0].at: found 3, expected an integer from 0 to 2"
      ),
      (
        [["kind": "activation", "function": "relu", "at": 1]],
        "layers[0].at: found 1, expected an integer from 0 to 0"
      ),
      (
        [
          ["kind": "activation", "function": "relu", "every": 2, "at": 1],
          ["kind": "reshape", "shape": [-1], "every": 2],
        ], "layers[1].at: found no such key, expected 1, as the layer has whose numbers it shares"
      ),
      (
        [["kind": "unroll", "axis": 0, "frames": 1 << 19]],
        "layers[0].frames: found 524288, expected an integer from 1 to"
      ),
    ] as [([[String: any Sendable]], String)])
  func every(layers: [[String: any Sendable]], reason: String) throws {
    var writer = PlainNetwork(hidden: [(5, "sigmoid")], seed: 1).writer
    let named = layers.enumerated().map { index, layer in
      layer.merging(["name": "much.\(index)"]) { $1 } as [String: Any]
    }
    writer.document["layers"] = named + (writer.document["layers"] as? [Any] ?? [])
    let error = try refusal(writer.bytes()).description
    #expect(error.contains(reason), "\(error)")
  }

  /// Layers behind those that the file has, or in their place, and a delay.
  struct Arrangement: Sendable {
    var keepsLayers = true
    var more: [[String: any Sendable]] = []
    var delay: Int? = 0
    var reason: String
  }

  @Test(
    "an arrangement for recordings that lacks a key, or has layers or tensors of its own",
    arguments: [
      Arrangement(delay: nil, reason: "files.delay: found no such key"),
      Arrangement(delay: -1, reason: "files.delay: found -1, expected an integer from 0"),
      Arrangement(
        keepsLayers: false, more: [["kind": "activation", "name": "only", "function": "relu"]],
        reason: "found a tensor that no layer has, expected only those of \"only\""),
      Arrangement(
        keepsLayers: false, more: [["kind": "dance", "name": "only"]], reason: "files.layers[0].kind: found \"dance\""),
      Arrangement(
        more: [["kind": "slice", "name": "half", "axis": 0, "start": 0, "stop": 4]],
        reason: "files.layers[2]: found a result of shape [4]"),
    ])
  func files(arrangement: Arrangement) throws {
    var writer = PlainNetwork(hidden: [(5, "sigmoid")], seed: 1).writer
    let own = arrangement.keepsLayers ? writer.document["layers"] as? [Any] ?? [] : []
    var section: [String: Any] = ["layers": own + arrangement.more]
    section["delay"] = arrangement.delay
    writer.document["files"] = section
    let error = try refusal(writer.bytes()).description
    #expect(error.contains(arrangement.reason), "\(error)")
  }

  @Test("not being there, not being a file, not being weights")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.path
    #expect(try refusal(path: "\(folder)/no-such.safetensors") == .notFound(file: "\(folder)/no-such.safetensors"))
    #expect(try refusal(path: folder).description.hasSuffix("cannot be read: not a regular file"))
    #expect(try refusal(path: "/dev/zero").description.hasSuffix("cannot be read: not a regular file"))
    #expect(try refusal([]).description.hasSuffix("found 0 bytes, expected a safetensors file"))
    #expect(
      try refusal(Array("RIFF....WAVEfmt ".utf8)).description.contains("expected a safetensors file, whose header"))
    let secret = try TemporaryFile([1, 2, 3])
    if getuid() != 0 {
      chmod(secret.path, 0)
      #expect(try refusal(path: secret.path).description.hasSuffix("cannot be read: Permission denied"))
    }
  }

  @Test("header lengths that are absurd", arguments: [0, 1, (1 << 20) + 1, 1 << 40, .max] as [UInt64])
  func headerLength(_ length: UInt64) throws {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + Array("{}      ".utf8)
    #expect(try refusal(bytes).description.contains("found a header length of \(length) bytes"))
  }

  @Test("data that end early or late")
  func length() throws {
    let bytes = try PlainNetwork(hidden: [(5, "sigmoid")], seed: 1).writer.bytes()
    #expect(try refusal(bytes.dropLast()).description.contains("within the 631 bytes of data that the file has"))
    #expect(try refusal(bytes + [0]).description.hasSuffix("found 633 bytes of data, expected 632"))
  }

  @Test("an error shows no control characters of a hostile file, and not all of a long one")
  func hostileText() throws {
    var writer = PlainNetwork(hidden: [(5, "sigmoid")], seed: 1).writer
    writer.document["\u{1B}[2J\u{202E}" + String(repeating: "x", count: 10000)] = 1
    let text = try refusal(writer.bytes()).description
    #expect(text.contains("\\u{1b}[2J\\u{202e}xxx"))
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    #expect(text.count < 1000)
  }

  @Test("nothing, when nothing is wrong; and what it says can be read without its weights")
  func sound() throws {
    let file = try TemporaryFile(PlainNetwork(past: 1, future: 2, hidden: [(5, "sigmoid")], seed: 1).writer.bytes())
    let model = try Model.load(path: file.path)
    let description = try Model.describe(path: file.path)
    #expect(model.parameters == 5 * 37 + 18 * 6 && description.parameters == model.parameters)
    #expect(description.lookAhead == 2 && description.title == "A plain network")
    #expect(
      description.licence == ["code": "GPL-3.0-or-later"] && description.training == .object(["seed": .integer(1)]))
    let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(description)) as? [String: Any]
    let layers = json?["layers"] as? [NSDictionary]
    #expect(layers?.map { $0["kind"] as? String } == ["reshape", "dense", "dense"])
    #expect(layers?.map { $0["shape"] as? [Int] } == [[36], [5], [18]])
    #expect(layers?.map { $0["parameters"] as? Int } == [0, 5 * 37, 18 * 6])
  }
}
