internal import Text

extension ONNXImport {
  /// The document of the weights file.
  static func document(
    _ options: ImportOptions, _ framing: Framing, _ result: ModelResult, _ layers: [JSON], producer: String
  ) -> JSON {
    let isSpectrum = framing.feature == .spectrum || framing.channels == 2
    var input: [String: JSON] = [
      "feature": .string(isSpectrum ? "spectrum" : framing.feature.rawValue), "scale": 1, "level": ["kind": "none"],
    ]
    if framing.past + framing.future > 0 {
      input["context"] = ["past": .integer(framing.past), "future": .integer(framing.future)]
    }
    if isSpectrum { input["channels"] = .integer(framing.channels) }
    var output: [String: JSON] = [
      "kind": .string(result.isSpectrum ? ImportOptions.Output.spectrum.rawValue : result.kind.rawValue)
    ]
    if !result.isSpectrum { output["mask"] = "soft" }
    if result.kind == .twoSourceMagnitudes {
      output["sources"] = options.first == .voice ? ["voice", "accompaniment"] : ["accompaniment", "voice"]
      output["exponent"] = 1
    }
    if options.delay > 0 { output["delay"] = .integer(options.delay) }
    return [
      "format": 2, "name": .string(options.name), "title": .string("\(options.name), imported from ONNX"),
      "grid": [
        "rate": .integer(framing.rate), "window": .integer(framing.window), "hop": .integer(framing.hop),
        "shape": .string(framing.windowShape.rawValue),
      ],
      "input": .object(input), "layers": .array(layers), "output": .object(output),
      "training": ["imported": .string(producer)], "quality": [:],
      "licence": ["weights": "not known: as the ONNX file's author says"],
    ]
  }

  /// How the file was understood, in words.
  static func findings(
    _ model: ModelMessage, _ framing: Framing, _ result: ModelResult, _ pairing: StatePairing,
    inputs: [(name: String, shape: [Int])], shapes: (frame: [Int], result: [Int]), _ translator: Translator,
    _ outputs: [String]
  ) -> ImportedModel.Findings {
    var notes: [String] = []
    let unused = outputs.filter { output in
      output != pairing.result && !pairing.pairs.contains { $0.output == output }
    }
    if !unused.isEmpty { notes.append("the outputs \(quotedList(unused)) are not used") }
    if !translator.forgetful.isEmpty {
      notes.append(
        "\(quotedList(translator.forgetful)) \(translator.forgetful.count == 1 ? "begins" : "begin") every frame anew, "
          + "as the file has it; if the model was exported for whole recordings, --keep-state lets the state run on")
    }
    if framing.takenBins < framing.bins {
      notes.append("the model does not see the highest bin; it goes to the accompaniment")
    }
    let kind =
      result.isSpectrum && result.kind != .spectrum ? "\(result.kind.rawValue) of each channel" : result.kind.rawValue
    return ImportedModel.Findings(
      producer: model.producer, opset: model.opset, nodes: model.graph.nodes.count,
      frame: "\(quoted(pairing.frame)) \(shapes.frame): \(framing.feature.rawValue), axes \(framing.axes)",
      result: "\(quoted(pairing.result)) \(shapes.result): \(kind), axes \(result.axes)",
      states: pairing.pairs.map { pair in
        (pair.input, pair.output, inputs.first { $0.name == pair.input }?.shape ?? [])
      }, notes: notes)
  }
}
