internal import Text

/// Reads ONNX files (operator sets 9 to 21) and turns them into models of our own.
public enum ONNXImport {
  /// Operator sets that are understood.
  public static let opsets = 9...21
  private static let weightLimit = 1 << 28
  /// Inputs, and outputs: the frame and the states of every layer.
  private static let portLimit = 512

  /// Reads the file at `path`.
  ///
  /// Memory is bounded: weights stay in the file until somebody asks for them.
  ///
  /// - Throws: ``ONNXError``; of what cannot be run, all of it.
  /// - Real-time: Not real-time: reads a file, allocates.
  public static func read(path: String, options: ImportOptions = ImportOptions()) throws(ONNXError) -> ImportedModel {
    try read(FileBytes(path: path), file: path, options)
  }

  /// Reads an ONNX file that is already in memory, under the name `file` for errors.
  public static func read(
    bytes: [UInt8], file: String, options: ImportOptions = ImportOptions()
  ) throws(ONNXError) -> ImportedModel {
    try read(FileBytes(bytes), file: file, options)
  }

  private static func read(
    _ bytes: FileBytes, file: String, _ options: ImportOptions
  ) throws(ONNXError) -> ImportedModel {
    let model = try message(bytes, file: file)
    let constants = Set(model.graph.constants.map(\.name))
    let inputs = try shapes(model.graph.inputs.filter { !constants.contains($0.name) }, options, file: file)
    let outputs = model.graph.outputs.map(\.name)
    guard (1...portLimit).contains(inputs.count), (1...portLimit).contains(outputs.count) else {
      throw .broken(
        file: file, place: "graph", found: "\(inputs.count) inputs and \(outputs.count) outputs",
        expected: "1 to \(portLimit) of both")
    }
    let names = inputs.map(\.name)
    guard Set(names).count == names.count, Set(outputs).count == outputs.count else {
      throw .broken(file: file, place: "graph", found: "a name twice among inputs or outputs", expected: "each once")
    }
    let frame = try StatePairing.frame(options, inputs: names, outputs: outputs, file: file)
    let frameShape = inputs.first { $0.name == frame }?.shape ?? []

    // What the nodes need is told before what the options lack: there is no use in options for a graph that cannot run.
    let framing: Framing
    do throws(ONNXError) {
      framing = try Framing(options, input: frame, shape: frameShape, file: file)
    } catch {
      _ = try translated(model, bytes, inputs, frame, nil, options, file: file)
      throw error
    }
    var translator = try translated(model, bytes, inputs, frame, framing, options, file: file)

    var flows: [String: Flow] = [:]
    for name in outputs {
      if case .flow(let flow)? = translator.values[name] { flows[name] = flow }
    }
    let pairing = try StatePairing(
      options, frame: frame, inputs: inputs,
      outputs: outputs.compactMap { name in flows[name].map { (name, $0.shape) } },
      file: file)
    guard let resultFlow = flows[pairing.result] else {
      throw .broken(
        file: file, place: pairing.result, found: "no such output", expected: "one that depends on the sound")
    }
    let result = try ModelResult(
      options, output: pairing.result, shape: resultFlow.shape, framing: framing, frameShape: frameShape,
      isBounded: isBounded(translator.graph, resultFlow), file: file)
    let list: LayerList
    do throws(Refusal) {
      translator.graph.label = pairing.result
      let last = try result.flow(&translator.graph, resultFlow, framing: framing)
      for (input, output) in pairing.pairs {
        guard let state = translator.graph.layers.firstIndex(where: { $0.form == .state && $0.label == input }) else {
          continue
        }
        translator.graph.layers[state].update = flows[output]?.source
      }
      var simplification = Simplification(translator.graph, result: last.source)
      try simplification.run()
      list = try LayerList(simplification, shape: last.shape)
    } catch {
      throw .broken(file: file, place: "graph", found: error.found, expected: error.expected)
    }
    let imported = ImportedModel(
      document: document(options, framing, result, list.documents, producer: model.producer), tensors: list.tensors,
      findings: findings(
        model, framing, result, pairing, inputs: inputs, shapes: (frameShape, resultFlow.shape), translator, outputs),
      bins: framing.bins, layerCount: list.documents.count)
    guard imported.parameters <= weightLimit else {
      throw .broken(
        file: file, place: "graph", found: "\(imported.parameters) weights", expected: "at most \(weightLimit)")
    }
    return imported
  }

  private static func message(_ bytes: FileBytes, file: String) throws(ONNXError) -> ModelMessage {
    let model: ModelMessage
    do throws(WireReader.Damage) {
      var reader = MessageReader(bytes)
      model = try reader.model()
    } catch {
      throw .broken(file: file, place: "byte \(error.position)", found: error.found, expected: error.expected)
    }
    guard opsets.contains(model.opset) else {
      throw .broken(
        file: file, place: "opset_import", found: "operator set \(model.opset)",
        expected: "\(opsets.lowerBound) to \(opsets.upperBound)")
    }
    guard model.functions == 0 else {
      throw .broken(
        file: file, place: "functions", found: "\(model.functions) functions of the model's own",
        expected: "the standard's operators; PyTorch's exporter inlines functions when asked to optimise")
    }
    guard model.graph.sparse == 0 else {
      throw .broken(file: file, place: "graph", found: "sparse weights", expected: "dense ones")
    }
    return model
  }

  /// Inputs with axes that are only named fixed.
  private static func shapes(
    _ values: [ValueMessage], _ options: ImportOptions, file: String
  ) throws(ONNXError) -> [(name: String, shape: [Int])] {
    var all: [(name: String, shape: [Int])] = []
    for value in values {
      let place = "input \(quoted(value.name))"
      guard let dimensions = value.shape else {
        throw .broken(file: file, place: place, found: "no shape", expected: "a tensor with a shape")
      }
      guard ElementType(rawValue: value.type)?.isReal == true else {
        throw .broken(file: file, place: place, found: "elements of type \(value.type)", expected: "floating point")
      }
      let shape = dimensions.map { fixed($0, options) }
      guard let size = countable(shape), size > 0, size <= LayerGraph.sizeLimit else {
        throw .broken(
          file: file, place: place, found: "shape \(shape)", expected: "1 to \(LayerGraph.sizeLimit) numbers")
      }
      all.append((value.name, shape))
    }
    return all
  }

  private static func fixed(_ dimension: ValueMessage.Dimension, _ options: ImportOptions) -> Int {
    switch dimension {
    case .extent(let extent): extent
    case .symbol(let name): options.dimensions[name] ?? 1
    }
  }

  /// The graph with all nodes translated; without a framing the frame is taken as it is.
  private static func translated(
    _ model: ModelMessage, _ bytes: FileBytes, _ inputs: [(name: String, shape: [Int])], _ frame: String,
    _ framing: Framing?, _ options: ImportOptions, file: String
  ) throws(ONNXError) -> Translator {
    var announced: [String: [Int]] = [:]
    for value in model.graph.values + model.graph.outputs {
      guard let shape = value.shape?.map({ fixed($0, options) }), let size = countable(shape), size > 0,
        size <= LayerGraph.sizeLimit
      else { continue }
      announced[value.name] = shape
    }
    let frameShape = inputs.first { $0.name == frame }?.shape ?? []
    var translator = Translator(
      model: model, bytes: bytes, inputShape: framing?.inputShape ?? frameShape, announced: announced,
      remembers: options.keepsState)
    do throws(Refusal) {
      for tensor in model.graph.constants {
        translator.graph.label = tensor.name
        guard translator.values[tensor.name] == nil else { throw Refusal("two tensors of this name", expected: "one") }
        translator.values[tensor.name] = .constant(try Constant(tensor, in: bytes))
      }
      for (name, shape) in inputs where name != frame {
        translator.graph.label = name
        let natural = shape.squeezed.isEmpty ? [1] : shape.squeezed
        let state = try translator.graph.add(Layer(kind: "state", form: .state, label: name, shape: natural))
        translator.values[name] = .flow(Flow(source: state, shape: shape))
      }
      translator.graph.label = frame
      let flow = try framing?.flow(&translator.graph, shape: frameShape)
      translator.values[frame] = .flow(flow ?? Flow(source: .input, shape: frameShape))
    } catch {
      throw .broken(
        file: file, place: quoted(translator.graph.label), found: error.found, expected: error.expected)
    }
    translator.translate(model.graph.nodes)
    guard translator.refused.isEmpty else { throw .unsupported(file: file, translator.refused) }
    for output in model.graph.outputs where translator.values[output.name] == nil {
      throw .broken(
        file: file, place: "output \(quoted(output.name))", found: "no node that gives it", expected: "one")
    }
    return translator
  }

  /// True if the last layer keeps its numbers between 0 and 1.
  private static func isBounded(_ graph: LayerGraph, _ flow: Flow) -> Bool {
    guard let layer = graph.layer(graph.unshaped(flow.source)) else { return false }
    return layer.kind == "softmax" || layer.keys["function"] == "sigmoid"
      || (layer.keys["function"] == "clip" && layer.keys["maximum"] == 1.0)
  }
}
