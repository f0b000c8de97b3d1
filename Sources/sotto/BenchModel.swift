internal import Control
internal import Network
internal import Realtime

/// What the layers of one model cost, a frame at a time, in processor time of one thread; and what they cost others.
struct BenchModel: Codable, Equatable {
  /// One way of running it.
  struct Entry: Codable, Equatable {
    /// `single`, `half` or `integer` for our own, otherwise the rival's name.
    var name: String
    @OrNull var version: String?
    /// Memory that the weights take, in bytes; of our own only.
    @OrNull var bytes: Int?
    @OrNull var hot: BenchTimes?
    @OrNull var paced: BenchTimes?
    /// The fastest rival's median over this one's.
    @OrNull var hotRatio: Double?
    @OrNull var pacedRatio: Double?
    /// The same among the rivals with weights of the same kind, integers or floating point.
    @OrNull var hotRatioAlike: Double?
    @OrNull var pacedRatioAlike: Double?
    /// The greatest difference of its first results from ours, relative to the largest.
    @OrNull var difference: Double?
    /// Why there are no times.
    @OrNull var missing: String?
  }

  /// Several channels with a mask each.
  struct Channels: Codable, Equatable {
    var count: Int
    var hot: BenchTimes
    var paced: BenchTimes
  }

  /// A plain loop over the same weights, which no step in single precision can beat.
  struct Read: Codable, Equatable {
    var hot: BenchTimes
    var paced: BenchTimes
    /// Its median over ours: which share of that loop's speed a step reaches.
    var hotShare: Double
    var pacedShare: Double
  }

  var name: String
  var weights: String
  var parameters: Int
  var multiplications: Int
  /// The time from frame to frame, in seconds.
  var hop: Double
  var ours: [Entry]
  var rivals: [Entry]
  var read: Read
  var channels: [Channels]

  /// How many times the programs take turns, so that a slow minute of the machine meets all of them.
  private static let turns = 5

  /// Measures; each program gets as many seconds, half of them with the caches disturbed.
  init(_ files: BenchFiles, rivals others: BenchRivals, seconds: Double) throws(ModelError) {
    let model = try Model.load(path: files.weights)
    let (graph, pair) = (BenchGraph(model: model), BenchGraph(model: model, streams: 2))
    let cycle = model.description.cycle
    var smaller: [(entry: Entry, graph: BenchGraph, steps: BenchSteps)] = []
    for (name, path, products) in files.smaller {
      let model = try Model.load(path: path, products: products)
      smaller.append((Entry(name: name, bytes: model.bytes), BenchGraph(model: model), BenchSteps()))
    }
    let first = graph.first(4)
    let found = others.open(
      .init(weights: files.weights, onnx: files.onnx, frames: first.frames, results: first.results))
    var (single, both, read) = (BenchSteps(), BenchSteps(), BenchSteps())
    var theirs: [String: BenchSteps] = [:]
    var sum: UInt64 = 0
    for disturbance in Array(repeating: [nil, BenchDisturbance()], count: Self.turns).joined() {
      let turn = seconds / Double(2 * Self.turns)
      single.take(seconds: turn, disturbed: disturbance, cycle: cycle) { graph.step() }
      for index in smaller.indices {
        let graph = smaller[index].graph
        smaller[index].steps.take(seconds: turn, disturbed: disturbance, cycle: cycle) { graph.step() }
      }
      for (name, times) in others.times(disturbed: disturbance != nil, seconds: turn) {
        theirs[name, default: BenchSteps()].add(times, disturbed: disturbance != nil)
      }
      both.take(seconds: turn / 2, disturbed: disturbance, cycle: cycle) { pair.step() }
      read.take(seconds: turn / 4, disturbed: disturbance) { sum &+= model.readThrough() }
    }
    let description = model.description
    name = files.name
    weights = files.weights
    parameters = model.parameters
    multiplications = description.multiplications
    hop = Double(description.grid.hop) / Double(description.grid.rate)
    rivals = found.map { rival in
      let steps = rival.missing == nil ? theirs[rival.name] : nil
      return Entry(
        name: rival.name, version: rival.version, hot: steps?.hotTimes, paced: steps?.pacedTimes,
        difference: rival.difference, missing: rival.missing ?? (steps == nil ? "no answer" : nil))
    }
    ours = [Entry(name: "single", bytes: model.bytes, hot: single.hotTimes, paced: single.pacedTimes)]
    for (measured, _, steps) in smaller {
      var entry = measured
      (entry.hot, entry.paced) = (steps.hotTimes, steps.pacedTimes)
      ours.append(entry)
    }
    for index in ours.indices { ours[index].compare(with: rivals) }
    let (hot, paced) = (single.hotTimes, single.pacedTimes)
    channels = [
      Channels(count: 1, hot: hot, paced: paced), Channels(count: 2, hot: both.hotTimes, paced: both.pacedTimes),
    ]
    self.read = Read(
      hot: read.hotTimes, paced: read.pacedTimes, hotShare: read.hotTimes.median / hot.median,
      pacedShare: withExtendedLifetime(sum) { read.pacedTimes.median / paced.median })
  }
}

extension BenchSteps {
  var hotTimes: BenchTimes { BenchTimes(hot) }
  var pacedTimes: BenchTimes { BenchTimes(paced) }
}

extension BenchModel.Entry {
  private var isInteger: Bool { name.hasSuffix("integer") || name == Products.bytes.rawValue }

  /// Fills in the ratios.
  fileprivate mutating func compare(with rivals: [BenchModel.Entry]) {
    let alike = rivals.filter { $0.isInteger == isInteger }
    func ratio(_ others: [BenchModel.Entry], _ times: (BenchModel.Entry) -> BenchTimes?) -> Double? {
      let fastest = others.compactMap { times($0)?.median }.min()
      return times(self).flatMap { own in fastest.map { $0 / own.median } }
    }
    (hotRatio, pacedRatio) = (ratio(rivals, \.hot), ratio(rivals, \.paced))
    (hotRatioAlike, pacedRatioAlike) = (ratio(alike, \.hot), ratio(alike, \.paced))
  }
}

extension BenchModel {
  /// The figures as a table for people.
  var words: String {
    var rows = [["", "hot", "p99", "paced", "p99", "ahead of all", "", "of its kind", ""]]
    func figure(_ time: Double?) -> String { time.map { decimal($0 * 1e6, 0) } ?? "" }
    func figures(_ hot: BenchTimes?, _ paced: BenchTimes?) -> [String] {
      [hot?.median, hot?.p99, paced?.median, paced?.p99].map(figure)
    }
    for entry in ours + rivals where entry.hot != nil {
      let ratios = [entry.hotRatio, entry.pacedRatio, entry.hotRatioAlike, entry.pacedRatioAlike]
      rows.append(
        ["\(entry.name) \(entry.version ?? "")"] + figures(entry.hot, entry.paced)
          + ratios.map { $0.map { "\(decimal($0, 2)) ×" } ?? "" })
    }
    let blank = [String](repeating: "", count: 4)
    for several in channels where several.count > 1 {
      rows.append(["single, \(several.count) channels"] + figures(several.hot, several.paced) + blank)
    }
    rows.append(
      ["reading the weights"] + figures(read.hot, read.paced)
        + [percent(read.hotShare), percent(read.pacedShare), "", ""])
    let absent = rivals.compactMap { rival in rival.missing.map { "  \(rival.name): not measured: \($0)\n" } }.joined()
    let size = "\(decimal(Double(parameters) / 1e6, 2)) million parameters, a frame every \(milliseconds(hop))"
    return "\(name): \(size); processor time of a frame in µs\n\(table(rows))\n\(absent)"
  }
}
