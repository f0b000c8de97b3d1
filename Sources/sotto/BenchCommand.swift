internal import ArgumentParser
internal import Network
internal import Preset
internal import Realtime
internal import Separation

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures what a preset costs on this machine.",
    discussion: """
      Examples:
        sotto bench
        sotto bench centre --seconds 3
        sotto bench --json | jq '.paced.p99, .network.rivals[].paced.median'
        sotto bench --all --models models --json --chart table.svg > table.json

      A step is one frame in, one mask out. Hot steps follow each other at once; paced steps come one a hop in real \
      time with the caches emptied between them, which is what a daemon meets. Playing runs the live path as the \
      daemon does, without a sound server.

      The network's layers alone are then compared with ONNX Runtime, its dynamic quantisation to 8 bits and PyTorch, \
      where --python has onnx and onnxruntime, and torch. All of them run the same layers with the same weights on the \
      same frames, in turns, on one thread each; their results are compared with ours before they are measured. Times \
      are processor time, hot and with the caches emptied before each step.

      --all does that with the preset and with every weights file in the folder of --models. NAME-half.safetensors and \
      NAME-integer.safetensors are NAME.safetensors with smaller weights, and NAME.onnx what it was imported from, \
      which the rivals then run; a model of the preset's name there stands for the preset's. `sotto-train seeded NAME NAME.safetensors` draws weights of an architecture.

      Takes about eight times --seconds, with --all seven times --seconds a model. Exit status: 0 well; 64 wrong usage; \
      65 a broken preset or weights file, or a preset too slow for this machine; 66 no such preset, or no models; 73 \
      the chart cannot be written.
      """)

  @Argument(help: "The preset, by name or path.")
  var preset = PresetLibrary.usual

  @Option(help: "How long each measurement takes.")
  var seconds = 10.0

  @Option(help: ArgumentHelp("The Python that may have onnxruntime and torch.", valueName: "program"))
  var python = "python3"

  @Option(
    help: ArgumentHelp(
      "A folder to look for presets in, before the usual ones. May be given several times.", valueName: "folder"))
  var presetPath: [String] = []

  @Flag(help: "Compare the layers of many models with other programs.")
  var all = false

  @Option(help: ArgumentHelp("The weights files to compare beside the preset's.", valueName: "folder"))
  var models: String?

  @Option(help: ArgumentHelp("What the preset was imported from; the rivals run this.", valueName: "file"))
  var onnx: String?

  @Option(help: ArgumentHelp("Write a chart (SVG) of cost against size.", valueName: "file"))
  var chart: String?

  @Flag(help: "Print JSON, one line.")
  var json = false

  func validate() throws {
    if !(0.1...3600).contains(seconds) {
      throw ValidationError("--seconds: found \(seconds), expected 0.1 to 3600")
    }
    if !all, models != nil || chart != nil { throw ValidationError("--models and --chart belong to --all") }
  }

  func run() async throws {
    do {
      if all { return try await compare() }
      let result = try await measure()
      if json { try write(json: result) } else { write(result.words) }
    } catch {
      throw Failure(error).told(json: json)
    }
  }

  private func measure() async throws -> BenchResult {
    let preset = try PresetLibrary.standard(explicit: presetPath).load(word: self.preset)
    let load = BenchResult.loadAverage
    let settings = preset.settings
    let seconds = seconds
    let step = BenchStep(settings: settings, rate: 48_000)
    let hot = await onOwnThread { step.hot(seconds: min(seconds, 2)) }
    let paced = await onOwnThread { step.paced(seconds: seconds) }
    let path = BenchPath(settings: settings)
    let hops = await onOwnThread { path.hops(rate: 48_000, seconds: min(seconds, 2)) }
    var live: [BenchLive] = []
    for rate in [44_100, 48_000] {
      live.append(try await BenchLive.measure(preset, rate: rate, period: 256, seconds: seconds))
    }
    let offline = await onOwnThread { path.offline(rate: 44_100, seconds: min(seconds, 5)) }
    let network = try await BenchAll.measure(files(of: preset), python: python, seconds: seconds)
    return BenchResult(
      preset: preset.name, processor: BenchResult.processorName, processors: BenchResult.processorCount,
      machineLoad: load, hop: step.hop, hot: hot, paced: paced, path: hops, live: live, offline: offline,
      network: network.models.first, version: Sotto.configuration.version)
  }

  /// Measures the layers of all models, tells each as it is measured, and writes the table.
  private func compare() async throws {
    let preset = try PresetLibrary.standard(explicit: presetPath).load(word: self.preset)
    let others = try models.map(BenchFiles.all) ?? []
    let files = files(of: preset).filter { own in !others.contains { $0.name == own.name } } + others
    if files.isEmpty { throw Failure(status: 66, "\(preset.name) has no network: name a folder with --models") }
    let json = json
    let result = try await BenchAll.measure(files, python: python, seconds: seconds) { model in
      if !json { write(model.words + "\n") }
    }
    if json { try write(json: result) } else { write(result.words) }
    if let chart { try BenchChart(result.models).write(to: chart) }
  }

  /// The preset's own model, if it has one.
  private func files(of preset: Preset) -> [BenchFiles] {
    preset.model.map { [BenchFiles(weights: $0.path, onnx: onnx, products: $0.products)] } ?? []
  }
}

extension Preset {
  fileprivate var model: Model? {
    if case .network(let model) = settings.method { model } else { nil }
  }
}
