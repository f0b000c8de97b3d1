internal import Text

/// What a frame of the model is, decided from options and the shape of the graph's input.
struct Framing {
  let feature: ImportOptions.Feature
  let axes: Axes
  let extents: [Axis: Int]
  let rate: Int
  let window: Int
  let hop: Int
  let windowShape: ImportOptions.WindowShape
  let past: Int
  let future: Int

  /// Bins of the model's grid.
  var bins: Int { window / 2 + 1 }
  /// Bins that the graph takes: all, or all but the highest.
  var takenBins: Int { extents[.bins] ?? 0 }
  var channels: Int { extents[.channels] ?? 1 }
  /// True for two channels of magnitudes, which we compute from the spectrum that the engine gives.
  var computesMagnitudes: Bool { feature != .spectrum && channels == 2 }

  /// The shape of the tensor `input`.
  var inputShape: [Int] {
    let frames = extents[.frames].map { [$0] } ?? []
    return frames + (feature == .spectrum || channels == 2 ? [2 * channels] : []) + [bins]
  }

  init(_ options: ImportOptions, input: String, shape: [Int], file: String) throws(ONNXError) {
    func undecided(_ question: String) -> ONNXError { .undecided(file: file, question: question) }
    let what = "the input \(quoted(input)) of shape \(shape)"
    if let text = options.axes {
      guard let axes = Axes(text), axes.extents(in: shape) != nil else {
        throw undecided(
          "--axes \(text) does not fit \(what); a word for each axis, of "
            + ImportOptions.axisWords.joined(separator: ", "))
      }
      self.axes = axes
    } else {
      guard let axes = Axes(guessing: shape, feature: options.feature, channels: options.channels) else {
        throw undecided(
          "what the axes of \(what) mean cannot be told; --axes does, for example 1,planes,bins,1, with "
            + ImportOptions.axisWords.joined(separator: ", "))
      }
      self.axes = axes
    }
    extents = axes.extents(in: shape) ?? [:]
    feature = options.feature ?? (extents[.parts] != nil ? .spectrum : .rawMagnitude)
    guard (feature == .spectrum) == (extents[.parts] != nil), extents[.sources] == nil else {
      throw undecided("the axes \(axes) of \(what) are not those of a \(feature.rawValue)")
    }
    let channels = extents[.channels] ?? 1
    guard options.channels ?? channels == channels else {
      throw undecided("--channels \(options.channels ?? 1) does not fit \(what)")
    }
    guard feature != .magnitude || channels == 1 else {
      throw undecided("two channels of magnitudes are raw ones: --feature raw-magnitude")
    }
    let taken = extents[.bins] ?? 0
    window = try Self.window(options, taken, what: what, file: file)
    windowShape = options.shape
    let frames = extents[.frames] ?? 1
    guard (0..<frames).contains(options.future) else {
      throw undecided("--future \(options.future) of \(frames) \(frames == 1 ? "frame" : "frames")")
    }
    (past, future) = (frames - 1 - options.future, options.future)
    guard let rate = options.rate, let hop = options.hop else {
      throw undecided(
        "\(what) holds \(taken) bins, a window of \(window) samples; at which rate and how often, no ONNX file says: "
          + "give --rate and --hop as the model was trained, for example --rate 44100 --hop \(window / 4)")
    }
    (self.rate, self.hop) = (rate, hop)
  }

  private static func window(
    _ options: ImportOptions, _ taken: Int, what: String, file: String
  ) throws(ONNXError) -> Int {
    if let window = options.window {
      guard window / 2 + 1 == taken || window / 2 == taken, window.isMultiple(of: 2) else {
        throw .undecided(
          file: file,
          question: "\(what) holds \(taken) bins; a window of \(window) has \(window / 2 + 1), or one less without the "
            + "highest")
      }
      return window
    }
    guard taken % 2 == 1 else {
      throw .undecided(
        file: file,
        question: "\(what) holds \(taken) numbers, and no usual window has as many bins (a window of n samples has "
          + "n / 2 + 1). If they are a spectrum without its highest bin, say --window \(2 * taken). If they are samples "
          + "of sound, as in the second model of DTLN, Sotto cannot play the model: its models see spectra")
    }
    return 2 * (taken - 1)
  }

  /// The frame as the graph wants it, made of the tensor `input`.
  func flow(_ graph: inout LayerGraph, shape: [Int]) throws(Refusal) -> Flow {
    let names = axes.ours
    let frames = extents[.frames].map { [$0] } ?? []
    var source = Source.input
    var ours = frames + (extents[.channels] != nil ? [channels] : []) + (extents[.parts] != nil ? [2] : []) + [bins]
    if computesMagnitudes {
      let planes = try graph.shaped(.input, frames + [2, 2, bins])
      let axis = frames.count + 1
      source = try graph.add(
        "reduce", from: [planes], keys: ["function": "l2", "axes": [.integer(axis)]], shape: frames + [2, 1, bins])
      ours = frames + [2, bins]
    }
    let all = Flow(source: source, shape: ours)
    let taken = try graph.slice(all, axis: ours.count - 1, 0..<takenBins)
    return try graph.permute(taken, axes.order.map { names.firstIndex(of: $0) ?? 0 }).viewed(shape)
  }
}
