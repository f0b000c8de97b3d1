internal import ArgumentParser
internal import Foundation
internal import Network
internal import Preset
internal import Separation

/// `sotto check`: validates a preset or a weights file, all of it, without a daemon.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a preset or a weights file, without a daemon.",
    discussion: """
      Reads everything that the daemon would read, weights included, and prints what it is or why it is refused.

      EXAMPLES
        sotto check svsgan
        sotto check ~/.config/sotto/presets/mine.toml
        sotto check --json model.safetensors

      EXIT STATUS
        0 if it can be used, 65 if it is refused, 66 if there is no such preset or file.
      """)

  @Argument(
    help: "The name of a preset, or the path of a .toml or .safetensors file.", completion: .file(extensions: ["toml"]))
  var preset: String

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(help: ArgumentHelp("Look for presets here first; may be repeated.", valueName: "folder"))
  var presetPath: [String] = []

  func run() throws {
    let report: CheckReport
    do {
      report = try Self.report(on: preset, in: .standard(explicit: presetPath))
    } catch let error as PresetError {
      try refuse(error.description, isMissing: error.isMissing)
    } catch let error as ModelError {
      if case .notFound = error { try refuse(error.description, isMissing: true) }
      try refuse(error.description, isMissing: false)
    }
    print(json ? try Self.text(report) : report.lines.joined(separator: "\n"))
  }

  /// What `word`, a name or a path, stands for.
  static func report(on word: String, in library: PresetLibrary) throws -> CheckReport {
    if word.hasSuffix(".safetensors") { return CheckReport(model: try Model.load(path: word)) }
    let isPath = word.hasSuffix(".toml") || word.contains("/")
    return CheckReport(preset: isPath ? try library.load(path: word) : try library.load(word))
  }

  private func refuse(_ message: String, isMissing: Bool) throws -> Never {
    FileHandle.standardError.write(Data("sotto: \(message)\n".utf8))
    if json { print(try Self.text(Refusal(error: message))) }
    throw ExitCode(isMissing ? EX_NOINPUT : EX_DATAERR)
  }

  private struct Refusal: Encodable {
    var valid = false
    var error: String
  }

  private static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
