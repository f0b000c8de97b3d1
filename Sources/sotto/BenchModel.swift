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
    let graphs = [BenchGraph(model: model), BenchGraph(model: model)]
    var smaller: [(entry: Entry, graph: BenchGraph, steps: BenchSteps)] = []
    for (name, path) in files.smaller {
      let model = try Model.load(path: path)
      smaller.append((Entry(name: name, bytes: model.bytes), BenchGraph(model: model), BenchSteps()))
    }
    let first = graphs[0].first(4)
    let found = others.open(
      .init(weights: files.weights, onnx: files.onnx, frames: first.frames, results: first.results))
    var (single, both, read) = (BenchSteps(), BenchSteps(), BenchSteps())
    var theirs: [String: BenchSteps] = [:]
    var sum: UInt64 = 0
    for disturbance in Array(repeating: [nil, BenchDisturbance()], count: Self.turns).joined() {
      let turn = seconds / Double(2 * Self.turns)
      single.take(seconds: turn, disturbed: disturbance) { graphs[0].step() }
      for index in smaller.indices {
        let graph = smaller[index].graph
        smaller[index].steps.take(seconds: turn, disturbed: disturbance) { graph.step() }
      }
      for (name, times) in others.times(disturbed: disturbance != nil, seconds: turn) {
        theirs[name, default: BenchSteps()].add(times, disturbed: disturbance != nil)
      }
      both.take(seconds: turn / 2, disturbed: disturbance) { for graph in graphs { graph.step() } }
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
    let fastest = (
      hot: rivals.compactMap(\.hot?.median).min(), paced: rivals.compactMap(\.paced?.median).min()
    )
    for index in ours.indices {
      if let time = ours[index].hot?.median { ours[index].hotRatio = fastest.hot.map { $0 / time } }
      if let time = ours[index].paced?.median { ours[index].pacedRatio = fastest.paced.map { $0 / time } }
    }
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

extension BenchModel {
  /// The figures as a table for people.
  var words: String {
    var rows = [["", "hot", "p99", "paced", "p99", "fastest rival's hot", "paced"]]
    func figure(_ time: Double?) -> String { time.map { decimal($0 * 1e6, 0) } ?? "" }
    func ratio(_ value: Double?) -> String { value.map { "\(decimal($0, 2)) times" } ?? "" }
    for entry in ours + rivals where entry.hot != nil {
      rows.append([
        "\(entry.name) \(entry.version ?? "")", figure(entry.hot?.median), figure(entry.hot?.p99),
        figure(entry.paced?.median), figure(entry.paced?.p99), ratio(entry.hotRatio), ratio(entry.pacedRatio),
      ])
    }
    for two in channels where two.count > 1 {
      rows.append([
        "single, \(two.count) channels", figure(two.hot.median), figure(two.hot.p99), figure(two.paced.median),
        figure(two.paced.p99), "", "",
      ])
    }
    rows.append([
      "reading the weights", figure(read.hot.median), figure(read.hot.p99), figure(read.paced.median),
      figure(read.paced.p99), percent(read.hotShare), percent(read.pacedShare),
    ])
    let absent = rivals.compactMap { rival in rival.missing.map { "  \(rival.name): not measured: \($0)\n" } }.joined()
    let size = "\(decimal(Double(parameters) / 1e6, 2)) million parameters, a frame every \(milliseconds(hop))"
    return "\(name): \(size); processor time of a frame in µs\n\(table(rows))\n\(absent)"
  }
}
