import Control
import ControlFixtures
import Foundation
import Testing

/// What the program says to a wrong word, without a daemon, and when it is asked for help.
struct WordingTests {
  @Test(arguments: [
    (["stauts"], #"There is no command "stauts". Did you mean "status"?"#),
    (["orchestra"], "There are: status, presets"),
    (["gain", "voise", "-6"], #"There is no stem "voise". Did you mean "voice"?"#),
    (["gain", "voice"], "No gain given"),
    (["gain", "voice", "30"], #"Found "30": expected one number from -120 to 24, or "mute"."#),
    (["gain", "voice", "-6", "--jsn"], #"There is no option "--jsn". Did you mean "--json"?"#),
    (["bypass", "maybe"], #"Found "maybe", expected "on" or "off"."#),
    (["monitor", "--interval", "60"], "expected 0.02 to 10"),
    (["status", "--sokcet", "x"], "Did you mean '--socket'?"),
    (["status", "--name", "a/b"], "cannot name a daemon"),
  ])
  func aWrongWordIsNamed(arguments: [String], message: String) async throws {
    let outcome = try await Run([Tool.path] + arguments).outcome()
    #expect(outcome.status == 64)
    #expect(outcome.output.isEmpty)
    #expect(outcome.messages.contains(message), "\(outcome.messages)")
  }

  @Test func anUnknownPresetIsRefusedWithASuggestion() async throws {
    try await playing { sotto, _ in
      let people = try await sotto("use", "center")
      #expect(people.status == 66)
      #expect(people.messages == "sotto: There is no preset \"center\". Did you mean \"centre\"?\n")
      let program = try await sotto("use", "center", "--json")
      #expect(program.status == 66)
      #expect(program.messages.contains(#""code":-32001"#))
    }
  }

  @Test func withoutADaemonItSaysWhereItLooked() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for (arguments, place) in [(["status"], "control.sock"), (["status", "--name", "stage"], "stage.sock")] {
      let outcome = try await Run([Tool.path] + arguments, ["XDG_RUNTIME_DIR": folder.path]).outcome()
      #expect(outcome.status == 69)
      #expect(outcome.output.isEmpty)
      #expect(outcome.messages.contains("no daemon answers at \(folder.path)/sotto/\(place)"))
    }
  }

  @Test func aDaemonIsFoundByItsName() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = try ControlPath.socket(name: "stage", runtimeFolder: folder.path)
    let server = try await ControlServer.start(path: path, handler: ScriptedDaemon(), version: "0.1.0")
    let outcome = try await Tool.bare("presets", "--name", "stage", environment: ["XDG_RUNTIME_DIR": folder.path])
    #expect(outcome.status == 0, "\(outcome.messages)")
    await server.stop()
  }

  @Test(arguments: ["", "status", "presets", "use", "gain", "bypass", "reload", "monitor"])
  func helpBeginsWithExamples(command: String) async throws {
    let outcome = try await Run([Tool.path] + (command.isEmpty ? [] : [command]) + ["--help"]).outcome()
    #expect(outcome.status == 0)
    let examples = try #require(outcome.output.range(of: "Examples:\n  sotto \(command)"))
    let usage = try #require(outcome.output.range(of: "USAGE:"))
    #expect(examples.lowerBound < usage.lowerBound)
  }

  @Test func exitStatusesAreInTheHelp() async throws {
    let help = try await Tool.bare("--help").output
    for status in ["0 well", "64", "65", "69", "70", "75"] { #expect(help.contains(status)) }
  }
}
