internal import ArgumentParser
internal import Network
internal import Preset
internal import Separation

/// `sotto check`: validates a preset or a weights file, all of it, without a daemon.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks a preset or a weights file, without a daemon.",
    discussion: """
      Reads everything that the daemon would read, weights included, and prints what it is or why it is refused.

      Examples:
        sotto check sotto
        sotto check ~/.config/sotto/presets/mine.toml
        sotto check model.safetensors --json | jq .model.quality

      Exit status: 0 if it can be used; 65 if it is refused; 66 if there is no such preset or file.
      """)

  @Argument(
    help: "The name of a preset, or the path of a .toml or .safetensors file.", completion: .file(extensions: ["toml"]))
  var preset: String

  @Flag(help: "Print JSON, one value a line.")
  var json = false

  @Option(help: ArgumentHelp("Look for presets here first; may be repeated.", valueName: "folder"))
  var presetPath: [String] = []

  func run() throws {
    let report: CheckReport
    do {
      report = try Self.report(on: preset, in: .standard(explicit: presetPath))
    } catch let error as PresetError {
      throw refuse(error.description, isMissing: error.isMissing)
    } catch ModelError.notFound(let file) {
      throw refuse(ModelError.notFound(file: file).description, isMissing: true)
    } catch let error as ModelError {
      throw refuse(error.description, isMissing: false)
    }
    if json { try write(json: report) } else { write(report.text + "\n") }
  }

  /// What `word`, a name or a path, stands for.
  static func report(on word: String, in library: PresetLibrary) throws -> CheckReport {
    if word.hasSuffix(".safetensors") { return CheckReport(model: try Model.load(path: word)) }
    return CheckReport(preset: try library.load(word: word))
  }

  /// Says why, and gives the exit status for it, after `sysexits.h`: `EX_NOINPUT` or `EX_DATAERR`.
  private func refuse(_ message: String, isMissing: Bool) -> ExitCode {
    if json { complain(json: ["error": message]) } else { complain(message) }
    return ExitCode(isMissing ? 66 : 65)
  }
}
