internal import ArgumentParser
internal import FoundationEssentials
internal import Preset

struct SeparateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "separate",
    abstract: "Separates sound files into voice and accompaniment.",
    discussion: """
      Examples:
        sotto separate song.flac                        song.voice.wav and song.accompaniment.wav, here
        sotto separate *.mp3 --output stems --format flac
        sotto separate mix.wav --quality                better, in six times the time
        sotto separate mix.wav --preset centre
        sotto separate song.flac --json | jq .timesRealTime

      The stems have the recording's rate, channels and length, line up with it sample by sample, and add up to it. \
      No daemon is needed, and none is disturbed. Files of the same names are replaced once the new ones are whole.

      Exit status: 0 well; 64 wrong usage; 65 no sound that can be read, or a broken preset; 66 no such file or \
      preset; 73 the stems cannot be written; 130 interrupted. Several files are separated side by side and told in the \
      order in which they were named. When one fails, the others are separated nevertheless, and the first failure in \
      that order is the exit status.
      """)

  @Argument(
    help: ArgumentHelp("Recordings, of any format that libsndfile reads.", valueName: "file"), completion: .file())
  var files: [String]

  @Option(help: "The preset to separate with, by name or path; \(PresetLibrary.usual) unless given.")
  var preset: String?

  @Flag(
    help:
      "Separate better, in more time: with the preset \(PresetLibrary.thorough), which hears a recording several times."
  )
  var quality = false

  @Option(help: ArgumentHelp("The folder for the stems; made if it is not there.", valueName: "folder"))
  var output = "."

  @Option(help: "How the stems are held: \(SeparateFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format: SeparateFormat = .wavFloat

  @Option(
    help: ArgumentHelp("How many files are separated at once; one a processor unless given.", valueName: "number"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "A folder to look for presets in, before the usual ones. May be given several times.", valueName: "folder"))
  var presetPath: [String] = []

  @Flag(help: "Print JSON, one recording a line.")
  var json = false

  func validate() throws {
    if quality, preset != nil { throw ValidationError("--quality: found beside --preset, expected one of them") }
    if let jobs, jobs < 1 { throw ValidationError("--jobs: found \(jobs), expected 1 or more") }
  }

  func run() async throws {
    let first: Failure?
    do throws(Failure) { first = try await separate() } catch { throw error.told(json: json) }
    if let first { throw ExitCode(first.status) }
  }

  /// Separates every recording, whatever becomes of the others; returns the first failure.
  ///
  /// - Throws: ``Failure`` before anything was written.
  private func separate() async throws(Failure) -> Failure? {
    let all = files.map { StemFiles(of: $0, in: output == "." ? "" : output, format: format.sound) }
    if let refusal = StemFiles.refusal(of: all) { throw refusal }
    let word = self.preset ?? (quality ? PresetLibrary.thorough : PresetLibrary.usual)
    let preset: Preset
    do { preset = try PresetLibrary.standard(explicit: presetPath).load(word: word) } catch { throw Failure(error) }
    try StemFiles.makeFolder(output)
    Interruption.listen()
    let jobs = all.map { SeparateJob(preset: preset, files: $0, format: format.sound) }
    return await SeparateQueue(jobs: jobs, json: json).run(atOnce: self.jobs ?? Self.processorCount)
  }

  private static var processorCount: Int { max(ProcessInfo.processInfo.activeProcessorCount, 1) }
}
