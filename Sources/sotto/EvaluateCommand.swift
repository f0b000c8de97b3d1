internal import ArgumentParser
internal import Evaluation
internal import FoundationEssentials
internal import Preset

struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measures how well presets separate recordings whose stems are known.",
    discussion: """
      Examples:
        sotto evaluate mir1k/dev --preset sotto --preset nmf
        sotto evaluate song/ --oracle --html report.html
        sotto evaluate mir1k/extra --json | jq '.systems[].voice.nsdr'
        ls mir1k/dev/amy_*.wav | sotto evaluate -           the clips that a text names
        sotto evaluate mir1k/dev --mixtures mixtures        then separate those with any program, and:
        sotto evaluate mir1k/dev --estimates stems --csv scores.csv

      A reference is a file of two channels, left the accompaniment, right the voice, as in MIR-1K; or a folder with \
      voice.* or vocals.* and accompaniment.* or instrumental.*, or MUSDB18's bass.*, drums.* and other.*, and mixture.* \
      if that is more than the sum; or a folder of such files or folders; or a list: a text that names one such file or \
      folder a line, relative to its own folder (a line that begins with # says nothing; - is standard input). Files of \
      two channels are mixed at equal energy, at -20 dBFS (RMS); folders as they are. Stems are rounded to 16 bits.

      Presets run through the engine that plays live, its delay taken off: what is scored is what is heard; of those \
      that hear files otherwise, what separate finds, or with --live what one hears. Estimates \
      are NAME.voice.* and NAME.accompaniment.*, or folders NAME as above, of the same rate, channels and length.

      Figures are dB. GNSDR, GSIR and GSAR are BSS-Eval version 3 relative to the mixture, averaged by length; v4 are \
      museval's medians of medians; leakage is the level of a stem where its source is silent (below -60 dBFS for 0.5 s \
      and more), below the mixture there. A silent stem counts as -100 dB.

      Each clip under way takes memory for its samples, some 200 MB a minute of stereo at 48 kHz. Exit status: 0 well; \
      64 wrong usage; 65 a clip, an estimate or a preset that is of no use; 66 no such file or preset; 73 a file cannot \
      be written; 130 interrupted. What can be measured is measured and told, and the first failure is the exit status.
      """)

  @Argument(
    help: ArgumentHelp("Files, folders and lists of recordings with known stems.", valueName: "reference"),
    completion: .file())
  var references: [String]

  @Option(help: "A preset to measure, by name or path; may be repeated. Without anything to measure, sotto.")
  var preset: [String] = []

  @Option(help: ArgumentHelp("A folder of stems to measure; may be repeated.", valueName: "folder"))
  var estimates: [String] = []

  @Flag(help: "Hear the recordings as the presets play, whatever they would do for files.")
  var live = false

  @Flag(help: "Measure ideal ratio, binary and Wiener masks beside them.")
  var oracle = false

  @Option(help: ArgumentHelp("Write every figure of every clip.", valueName: "file"))
  var csv: String?

  @Option(help: ArgumentHelp("Write a report with pictures and sound, in one file.", valueName: "file"))
  var html: String?

  @Option(help: ArgumentHelp("How many clips the report lets one see and hear.", valueName: "number"))
  var show = 3

  @Option(
    help: ArgumentHelp("Write the mixtures as NAME.wav, for other programs, and measure nothing.", valueName: "folder"))
  var mixtures: String?

  @Option(help: ArgumentHelp("How many clips at once; one a processor unless given.", valueName: "number"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "A folder to look for presets in, before the usual ones. May be given several times.", valueName: "folder"))
  var presetPath: [String] = []

  @Flag(help: "Print JSON, one line.")
  var json = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs: found \(jobs), expected 1 or more") }
    if !(0...100).contains(show) { throw ValidationError("--show: found \(show), expected 0 to 100") }
  }

  func run() async throws {
    let first: Failure?
    do throws(Failure) { first = try await evaluate() } catch { throw error.told(json: json) }
    if let first { throw ExitCode(first.status) }
  }

  /// Measures what can be measured; returns the first failure.
  ///
  /// - Throws: ``Failure`` before anything was measured, or where a file cannot be written.
  private func evaluate() async throws(Failure) -> Failure? {
    let clips = try Self.clips(at: references)
    Interruption.listen()
    let count = jobs ?? max(ProcessInfo.processInfo.activeProcessorCount, 1)
    if let mixtures {
      return try await EvaluateMixtures(clips: clips, folder: mixtures).write(atOnce: count, json: json)
    }
    let systems = try systems()
    let queue = EvaluateQueue(clips: clips, systems: systems, json: json)
    let (result, first) = await queue.run(atOnce: count)
    guard let result else { return first }
    if json { try? write(json: result) } else { write(result.words) }
    if let csv { try writeFile(result.csv, to: csv) }
    if let html {
      let report = try await EvaluateReport.make(result, clips: clips, systems: systems, show: show, atOnce: count)
      try writeFile(report, to: html)
    }
    return first
  }

  /// All clips, each under a name of its own.
  private static func clips(at paths: [String]) throws(Failure) -> [EvaluateClip] {
    var clips: [EvaluateClip] = []
    for path in paths { clips += try EvaluateClip.found(at: path) }
    var names: Set<String> = []
    for clip in clips where !names.insert(clip.name).inserted {
      throw Failure(status: 64, "found two clips called '\(clip.name)', expected a name for each")
    }
    return clips
  }

  /// What is to be measured, each under a name of its own.
  private func systems() throws(Failure) -> [EvaluateSystem] {
    let library = PresetLibrary.standard(explicit: presetPath)
    let nothing = preset.isEmpty && estimates.isEmpty && !oracle
    var systems: [EvaluateSystem] = []
    for word in nothing ? [PresetLibrary.usual] : preset {
      do {
        systems.append(.preset(try library.load(word: word, for: live ? .live : .files)))
      } catch {
        throw Failure(error)
      }
    }
    for folder in estimates { systems.append(.estimates(folder: folder)) }
    if oracle { systems += OracleMask.allCases.map { .oracle($0) } }
    var names: Set<String> = []
    for system in systems where !names.insert(system.name).inserted {
      throw Failure(status: 64, "found two systems called '\(system.name)', expected a name for each")
    }
    return systems
  }

  private func writeFile(_ text: String, to path: String) throws(Failure) {
    do {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    } catch {
      throw Failure(status: 73, "cannot write '\(path)'")
    }
  }
}
