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
        sotto bench --json | jq '.paced.p99, .rivals[].pacedRatio'

      A step is one frame in, one mask out. Hot steps follow each other at once; paced steps come one a hop in real \
      time with the caches emptied between them, which is what a daemon meets. Playing runs the live path as the \
      daemon does, without a sound server. Where Python has numpy, onnx and onnxruntime, the same network runs there \
      on one thread for comparison.

      Takes about six times --seconds. Exit status: 0 well; 64 wrong usage; 65 a broken preset, or one too slow for \
      this machine; 66 no such preset.
      """)

  @Argument(help: "The preset.")
  var preset = "svsgan"

  @Option(help: "How long each measurement takes.")
  var seconds = 10.0

  @Option(help: ArgumentHelp("The Python that may have onnxruntime.", valueName: "program"))
  var python = "python3"

  @Option(
    help: ArgumentHelp(
      "A folder to look for presets in, before the usual ones. May be given several times.", valueName: "folder"))
  var presetPath: [String] = []

  @Flag(help: "Print JSON, one line.")
  var json = false

  func validate() throws {
    if !(0.1...3600).contains(seconds) {
      throw ValidationError("--seconds: found \(seconds), expected 0.1 to 3600")
    }
  }

  func run() async throws {
    do {
      let result = try await measure()
      if json { try write(json: result) } else { write(result.words) }
    } catch {
      throw Failure(error).told(json: json)
    }
  }

  private func measure() async throws -> BenchResult {
    let preset = try PresetLibrary.standard(explicit: presetPath).load(self.preset)
    let load = BenchResult.loadAverage
    let settings = preset.settings
    let (seconds, python) = (seconds, python)
    let step = BenchStep(settings: settings, rate: 48_000)
    let hot = await onOwnThread { step.hot(seconds: min(seconds, 2)) }
    let paced = await onOwnThread { step.paced(seconds: seconds) }
    let rival = BenchRival(
      weights: preset.weights, python: python, seconds: seconds, hop: step.hop, hot: hot, paced: paced)
    let path = BenchPath(settings: settings)
    let hops = await onOwnThread { path.hops(rate: 48_000, seconds: min(seconds, 2)) }
    var live: [BenchLive] = []
    for rate in [44_100, 48_000] {
      live.append(try await BenchLive.measure(preset, rate: rate, period: 256, seconds: seconds))
    }
    let offline = await onOwnThread { path.offline(rate: 44_100, seconds: min(seconds, 5)) }
    return BenchResult(
      preset: preset.name, processor: BenchResult.processorName, processors: BenchResult.processorCount,
      machineLoad: load, hop: step.hop, hot: hot, paced: paced, path: hops, live: live, offline: offline,
      rivals: [rival], version: Sotto.configuration.version)
  }
}

extension Preset {
  /// The network's weights file.
  fileprivate var weights: String? {
    if case .network(let model) = settings.method { model.path } else { nil }
  }
}
