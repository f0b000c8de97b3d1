internal import ArgumentParser
internal import Preset

struct SeparateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "separate",
    abstract: "Separates sound files into voice and accompaniment.",
    discussion: """
      Examples:
        sotto separate song.flac                        song.voice.wav and song.accompaniment.wav, here
        sotto separate *.mp3 --output stems --format flac
        sotto separate mix.wav --preset centre
        sotto separate song.flac --json | jq .timesRealTime

      The stems have the recording's rate, channels and length, line up with it sample by sample, and add up to it. \
      No daemon is needed, and none is disturbed. Files of the same names are replaced once the new ones are whole.

      Exit status: 0 well; 64 wrong usage; 65 no sound that can be read, or a broken preset; 66 no such file or \
      preset; 73 the stems cannot be written; 130 interrupted. With several files, the others are separated \
      nevertheless and the first failure counts.
      """)

  @Argument(
    help: ArgumentHelp("Recordings, of any format that libsndfile reads.", valueName: "file"), completion: .file())
  var files: [String]

  @Option(help: "The preset to separate with.")
  var preset = "svsgan"

  @Option(help: ArgumentHelp("The folder for the stems; made if it is not there.", valueName: "folder"))
  var output = "."

  @Option(help: "How the stems are held: \(SeparateFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format: SeparateFormat = .wavFloat

  @Option(
    help: ArgumentHelp(
      "A folder to look for presets in, before the usual ones. May be given several times.", valueName: "folder"))
  var presetPath: [String] = []

  @Flag(help: "Print JSON, one recording a line.")
  var json = false

  func run() throws {
    let first: Failure?
    do throws(Failure) { first = try separate() } catch { throw error.told(json: json) }
    if let first { throw ExitCode(first.status) }
  }

  /// Separates every recording, whatever becomes of the others; returns the first failure.
  ///
  /// - Throws: ``Failure`` before anything was written.
  private func separate() throws(Failure) -> Failure? {
    let all = files.map { StemFiles(of: $0, in: output == "." ? "" : output, format: format.sound) }
    if let refusal = StemFiles.refusal(of: all) { throw refusal }
    let preset: Preset
    do { preset = try PresetLibrary.standard(explicit: presetPath).load(self.preset) } catch { throw Failure(error) }
    try StemFiles.makeFolder(output)
    Interruption.listen()
    var first: Failure?
    for (index, files) in all.enumerated() {
      let number = all.count > 1 ? "\(index + 1)/\(all.count) " : ""
      var progress = Progress("\(number)\(files.input)")
      do throws(Failure) {
        let result = try SeparateJob(preset: preset, files: files, format: format.sound).run(progress: &progress)
        progress.clear()
        if json { try? write(json: result) } else { write(result.words) }
      } catch {
        progress.clear()
        _ = error.told(json: json)
        first = first ?? error
        if Interruption.came { break }
      }
    }
    return first
  }
}

extension SeparateJob.Result {
  /// What was made, for people.
  fileprivate var words: String {
    let taken = nonFinite > 0 ? ", \(nonFinite) samples that were no sound taken as zero" : ""
    return """
      \(input): \(decimal(seconds)) s in \(decimal(elapsed)) s, \(decimal(timesRealTime)) times real time\(taken)
        \(voice)
        \(accompaniment)

      """
  }
}
