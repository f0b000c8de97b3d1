import Foundation
import Network
import Separation
import Testing

@testable import Preset

@Suite("The library of presets")
struct PresetLibraryTests {
  private func preset(_ title: String, fallback: String? = nil) -> String {
    "format = 1\ntitle = '\(title)'\nsummary = 'S'\nmethod = 'centre'\n"
      + (fallback.map { "fallback = '\($0)'\n" } ?? "")
  }

  @Test("lists every preset once, and the first folder of the path counts")
  func order() throws {
    let (one, two) = (try PresetFolder(), try PresetFolder())
    try one.write("b.toml", preset("mine"))
    try two.write("b.toml", preset("installed"))
    try two.write("a.toml", preset("other"))
    try two.write("broken.toml", "?")
    for name in ["notes.txt", "x y.toml", ".hidden.toml", ".toml", "c.toml~"] { try two.write(name, "") }
    let library = PresetLibrary(paths: ["/no/such/folder", one.path, two.path + "/"])
    #expect(library.names == ["a", "b", "broken"])
    #expect(try library.outline(of: "b").title == "mine")
    #expect(try library.load("b").title == "mine")
    #expect(try library.path(of: "a") == two.path + "/a.toml")
    #expect(throws: PresetError.self) { try library.outline(of: "broken") }
  }

  @Test("an unknown name is answered with the known ones, and the one that was meant")
  func unknown() throws {
    let folder = try PresetFolder()
    for name in ["centre", "passthrough", "svsgan"] { try folder.write("\(name).toml", preset(name)) }
    let library = PresetLibrary(paths: [folder.path])
    let message = { (name: String) in
      let error = try #require(throws: PresetError.self) { try library.load(name) }
      #expect(error.isMissing)
      return error.description
    }
    let known = "\"centre\", \"passthrough\", \"svsgan\""
    #expect(try message("center") == "no preset \"center\": did you mean \"centre\"? There are \(known)")
    #expect(try message("SVSGAN") == "no preset \"SVSGAN\": did you mean \"svsgan\"? There are \(known)")
    #expect(try message("drums") == "no preset \"drums\": there are \(known)")
    #expect(try message("../centre") == "no preset \"../centre\": there are \(known)")
    #expect(try message("") == "no preset \"\": there are \(known)")
    let empty = try #require(throws: PresetError.self) { try PresetLibrary(paths: []).load("x") }
    #expect(empty.description == "no preset \"x\": the search path holds no presets at all")
  }

  @Test("a preset whose fallback is not there is refused when it is loaded")
  func fallback() throws {
    let folder = try PresetFolder()
    try folder.write("a.toml", preset("A", fallback: "centr"))
    try folder.write("centre.toml", preset("C"))
    let error = try #require(throws: PresetError.self) { try PresetLibrary(paths: [folder.path]).load("a") }
    #expect(
      error.description
        == "\(folder.path)/a.toml:5: fallback: found \"centr\", expected the name of a preset; did you mean \"centre\"?"
    )
    #expect(!error.isMissing)
  }

  @Test("the usual path is the operator's folders, the user's, the installed ones")
  func usual() {
    let paths = { PresetLibrary(explicit: $0, environment: $1, executable: $2).paths }
    #expect(
      paths(["p", "/q"], ["XDG_CONFIG_HOME": "/c", "HOME": "/home/a"], "/usr/local/bin/sottod")
        == ["p", "/q", "/c/sotto/presets", "/usr/local/share/sotto/presets"])
    #expect(paths([], ["XDG_CONFIG_HOME": "c", "HOME": "/home/a"], nil) == ["/home/a/.config/sotto/presets"])
    #expect(paths([], [:], "/bin/sottod") == ["/share/sotto/presets"])
    #expect(paths([], ["HOME": ""], "sottod") == [])
    #expect(PresetLibrary.standard(explicit: ["x"]).paths.first == "x")
  }

  @Test(
    "every preset of the repository is sound, and says where to copy it",
    arguments: PresetLibrary(paths: [repositoryPresets]).names)
  func repository(name: String) throws {
    let library = PresetLibrary(paths: [repositoryPresets])
    let preset = try library.load(name)
    let outline = try library.outline(of: name)
    #expect(outline.title == preset.title && outline.fallback == preset.fallback)
    let text = try String(contentsOfFile: preset.path, encoding: .utf8)
    let head = text[..<(text.firstRange(of: "\n\n")?.lowerBound ?? text.startIndex)]
    #expect(head.hasPrefix("# ") && head.replacing("\n# ", with: " ").contains("copy to ~/.config/sotto/presets/"))
    if name == "svsgan" {
      guard case .network(let model) = preset.settings.method else {
        Issue.record("svsgan is a network")
        return
      }
      #expect(preset.fallback == "centre")
      // 513-1024-1024-1024-1026 with biases.
      #expect(model.parameters == 514 * 1024 + 2 * 1025 * 1024 + 1025 * 1026)
      #expect(outline.model?.grid.bins == 513)
    }
  }
}
