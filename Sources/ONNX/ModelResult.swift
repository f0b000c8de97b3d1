internal import Text

/// What the model says of the voice, decided from options and the shape of the graph's output.
struct ModelResult {
  let kind: ImportOptions.Output
  let axes: Axes
  let extents: [Axis: Int]

  init(
    _ options: ImportOptions, output: String, shape: [Int], framing: Framing, frameShape: [Int], isBounded: Bool,
    file: String
  ) throws(ONNXError) {
    func undecided(_ question: String) -> ONNXError { .undecided(file: file, question: question) }
    let what = "the output \(quoted(output)) of shape \(shape)"
    if let text = options.resultAxes {
      guard let axes = Axes(text), axes.extents(in: shape) != nil else {
        throw undecided("--result-axes \(text) does not fit \(what)")
      }
      self.axes = axes
    } else if shape == frameShape {
      axes = framing.axes
    } else {
      guard let axes = Self.guess(shape, framing, options.output) else {
        throw undecided(
          "what the axes of \(what) mean cannot be told; --result-axes does, with "
            + ImportOptions.axisWords.joined(separator: ", "))
      }
      self.axes = axes
    }
    extents = axes.extents(in: shape) ?? [:]
    guard extents[.bins] == framing.takenBins,
      extents[.frames] ?? framing.past + framing.future + 1 == framing.past + framing.future + 1
    else {
      throw undecided("\(what) has other bins or frames than the frame, \(framing.takenBins)")
    }
    if let kind = options.output {
      self.kind = kind
    } else if extents[.parts] != nil {
      kind = .spectrum
    } else if extents[.sources] == nil, isBounded || output.lowercased().contains("mask") {
      kind = .mask
    } else {
      throw undecided("what \(what) means cannot be told; --output does: mask, voice-magnitude, two-source-magnitudes")
    }
    let channels = extents[.channels] ?? 1
    guard (kind == .spectrum) == (extents[.parts] != nil),
      (kind == .twoSourceMagnitudes) == (extents[.sources] != nil),
      channels == 1 || (channels == framing.channels && kind != .twoSourceMagnitudes),
      kind != .spectrum || channels == framing.channels
    else { throw undecided("the axes \(axes) of \(what) are not those of --output \(kind.rawValue)") }
    guard kind != .twoSourceMagnitudes || options.first != nil else {
      throw undecided("which of two sources comes first in \(what) cannot be told; --first voice or accompaniment does")
    }
  }

  private static func guess(_ shape: [Int], _ framing: Framing, _ kind: ImportOptions.Output?) -> Axes? {
    let long = shape.indices.filter { shape[$0] != 1 }
    var words = [[Axis]](repeating: [], count: shape.count)
    if long.count == 1, shape[long[0]] == 2 * framing.takenBins, kind == .twoSourceMagnitudes {
      words[long[0]] = [.sources, .bins]
      return Axes(words)
    }
    guard let bins = long.first(where: { shape[$0] == framing.takenBins }) else { return nil }
    words[bins] = [.bins]
    let rest = long.filter { $0 != bins }
    let isSpectrum = kind == .spectrum || (kind == nil && framing.feature == .spectrum)
    switch rest.map({ shape[$0] }) {
    case []: break
    case [2] where kind == .twoSourceMagnitudes: words[rest[0]] = [.sources]
    case [2] where isSpectrum && framing.channels == 1: words[rest[0]] = [.parts]
    case [4] where isSpectrum: words[rest[0]] = [.channels, .parts]
    case [2] where framing.channels == 2: words[rest[0]] = [.channels]
    case [framing.past + framing.future + 1]: words[rest[0]] = [.frames]
    default: return nil
    }
    return Axes(words)
  }

  /// The graph's result as the last layer has to give it.
  func flow(_ graph: inout LayerGraph, _ result: Flow, framing: Framing) throws(Refusal) -> Flow {
    // As fine as the words, then in our order.
    let fine = result.viewed(axes.order.map { extents[$0] ?? 1 })
    let names = axes.ours
    var flow = try graph.permute(fine, names.map { axes.order.firstIndex(of: $0) ?? 0 })
    if names.first == .frames {
      flow = try graph.slice(flow, axis: 0, framing.past..<framing.past + 1)
      flow = flow.viewed(Array(flow.shape.dropFirst()))
    }
    let missing = framing.bins - framing.takenBins
    if missing > 0 {
      let place = try graph.locate(flow, flow.shape.count - 1)
      var shape = place.shape
      shape[place.axis] += missing
      let source = try graph.add(
        "pad", from: [place.source],
        keys: ["axis": .integer(place.axis), "before": 0, "after": .integer(missing)], shape: shape)
      flow = Flow(source: source, shape: flow.shape.dropLast() + [framing.bins])
    }
    switch kind {
    case .spectrum: return flow.viewed([2 * framing.channels, framing.bins])
    case .twoSourceMagnitudes: return flow.viewed([2, framing.bins])
    case .mask, .voiceMagnitude: return try isSpectrum ? spectrum(&graph, flow, framing) : flow
    }
  }

  /// True where what is written is a spectrum: also for a mask of each of two channels, which is then applied here.
  var isSpectrum: Bool { kind == .spectrum || extents[.channels] == 2 }

  /// Masks or magnitudes of two channels applied to the spectrum that the model hears.
  private func spectrum(_ graph: inout LayerGraph, _ result: Flow, _ framing: Framing) throws(Refusal) -> Flow {
    let bins = framing.bins
    let frames = framing.past + framing.future + 1
    let all = Flow(source: .input, shape: [frames, 2, 2, bins])
    let heard = try graph.slice(all, axis: 0, framing.past..<framing.past + 1).viewed([2, 2, bins])
    var mask = try graph.shaped(result.source, [2, 1, bins])
    if kind == .voiceMagnitude {
      let loudness = try graph.add(
        "reduce", from: [try graph.shaped(heard.source, [2, 2, bins])], keys: ["function": "l2", "axes": [1]],
        shape: [2, 1, bins])
      // Where nothing is heard, the mask may be anything finite.
      let audible = try graph.add(
        "activation", from: [loudness], keys: ["function": "clip", "minimum": 1e-9], shape: [2, 1, bins])
      mask = try graph.add("arithmetic", from: [mask, audible], keys: ["function": "divide"], shape: [2, 1, bins])
    }
    let voice = try graph.add(
      "arithmetic", from: [try graph.shaped(heard.source, [2, 2, bins]), mask], keys: ["function": "multiply"],
      shape: [2, 2, bins])
    return Flow(source: voice, shape: [4, bins])
  }
}
