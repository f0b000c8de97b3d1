import Foundation
import Network
import Separation
import Spectral
import Testing

@testable import Preset

@Suite("A preset")
struct PresetTests {
  static let methods =
    #""network", "centre", "adress", "hpss", "nmf", "repet-sim", "ica", "gmm", "passthrough""#
  static let head = "format = 1\ntitle = \"T\"\nsummary = \"S\"\n"

  @Test("says everything that a separator can be asked for")
  func everything() throws {
    let folder = try PresetFolder()
    let path = try folder.write(
      "my-centre.toml",
      """
      format = 1
      title = "My centre"
      summary = "What I like."
      method = "centre"
      fallback = "passthrough"
      drive = "inline"
      centre = { exponent = 3, lowest = 100.5, highest = 9000 }
      framing = { window = 2048, hop = 256, pair = "low-delay" }
      mask.channels = "each"
      [late]
      hold = 0
      fade = 2
      then = "mute"
      """)
    let preset = try Preset(path: path)
    #expect(preset.name == "my-centre" && preset.title == "My centre" && preset.summary == "What I like.")
    #expect(preset.fallback == "passthrough" && preset.drive == .inline && preset.path == path)
    guard case .centre(let centre) = preset.settings.method else {
      Issue.record("not the centre")
      return
    }
    #expect(centre == CentreSettings(exponent: 3, lowest: 100.5, highest: 9000))
    #expect(preset.settings.framing == Framing(window: 2048, hop: 256, pair: .lowDelay))
    #expect(preset.settings.channels == .each)
    #expect(preset.settings.late == LatePolicy(choice: .mute, holdSeconds: 0, fadeSeconds: 2))
  }

  @Test("that says the least has the usual settings")
  func least() throws {
    let folder = try PresetFolder()
    let preset = try Preset(path: folder.write("p.toml", Self.head + "method = \"centre\""))
    #expect(preset.fallback == nil && preset.drive == .threaded)
    #expect(preset.settings.framing == Framing() && preset.settings.late == LatePolicy())
    #expect(preset.settings.channels == .mid && preset.settings.aboveBand == AboveBand())
  }

  @Test("of a network loads the weights beside it, or those at an absolute path")
  func network() throws {
    let folder = try PresetFolder()
    let weights = try folder.writeWeights("tiny.safetensors")
    let text = Self.head + "method = \"network\"\n[above-band]\nbins = 33\nmaximum = 0.5\n[network]\nmodel = "
    for path in try [
      folder.write("a.toml", text + "'tiny.safetensors'"), folder.write("b.toml", text + "'\(weights)'"),
    ] {
      let preset = try Preset(path: path)
      guard case .network(let model) = preset.settings.method else {
        Issue.record("not a network")
        return
      }
      #expect(model.description.title == "A tiny network")
      #expect(preset.settings.aboveBand == AboveBand(bins: 33, maximum: 0.5))
      let outline = try PresetOutline(path: path)
      #expect(outline.method == .network && outline.model?.parameters == 66 * 34)
    }
  }

  @Test("of a network may have it step at every k-th frame, held or interpolated between")
  func cadence() throws {
    let folder = try PresetFolder()
    try folder.writeWeights("tiny.safetensors")
    let text = Self.head + "method = \"network\"\n[network]\nmodel = 'tiny.safetensors'\n"
    for (keys, cadence, lookAhead) in [
      ("", Cadence(), 0), ("every = 1", Cadence(), 0), ("every = 3", Cadence(every: 3), 0),
      ("every = 3\nbetween = 'hold'", Cadence(every: 3), 0),
      ("every = 3\nbetween = 'interpolate'", Cadence(every: 3, between: .interpolate), 2),
    ] {
      let preset = try Preset(path: folder.write("p.toml", text + keys))
      #expect(preset.settings.cadence == cadence)
      #expect(preset.settings.lookAhead == lookAhead)
    }
  }

  @Test("of a network may have files heard from their end and at several speeds, and live be as without")
  func passes() throws {
    let folder = try PresetFolder()
    try folder.writeWeights("tiny.safetensors")
    try folder.writeWeights("other.safetensors", weight: 0.25)
    let text = Self.head + "method = \"network\"\n[network]\nmodel = 'tiny.safetensors'\n"
    let plain = try Preset(path: folder.write("p.toml", text))
    #expect(plain.passes.map(\.speed) == [1] && !plain.passes[0].isBackwards && plain.hearsAsLive)
    let path = try folder.write(
      "q.toml", text + "[files]\nbackwards = 'other.safetensors'\nspeeds = [1, 0.8]")
    let preset = try Preset(path: path)
    #expect(preset.passes.map(\.speed) == [1, 0.8, 1, 0.8])
    #expect(preset.passes.map(\.isBackwards) == [false, false, true, true] && !preset.hearsAsLive)
    let models = preset.passes.map { pass -> String in
      if case .network(let model) = pass.settings.method { model.path } else { "" }
    }
    #expect(models.map { $0.hasSuffix("other.safetensors") } == [false, false, true, true], "\(models)")
    if case .network(let model) = preset.settings.method { #expect(model.path == models[0]) }
    // The list of presets names a file that is missing, too.
    let broken = try folder.write("r.toml", text + "[files]\nbackwards = 'none.safetensors'")
    let refusals = [
      { _ = try Preset(path: broken) }, { _ = try Preset(path: broken, for: .live) },
      { _ = try PresetOutline(path: broken) },
    ].map { read in
      do { try read() } catch let error as PresetError { return error.description } catch {}
      return ""
    }
    #expect(
      refusals.allSatisfy { $0.contains("r.toml:8: files.backwards: ") && $0.contains("none.safetensors") },
      "\(refusals)")
  }

  @Test("of weights that are arranged for files otherwise has these heard so, at every speed, and live be as it is")
  func arranged() throws {
    let folder = try PresetFolder()
    let weights = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "NetworkTests/Fixtures/block-unet-model.safetensors").path
    let text = Self.head + "method = \"network\"\n[network]\nmodel = '\(weights)'\n"
    let preset = try Preset(path: folder.write("p.toml", text))
    #expect(preset.settings.arrangement == .live && preset.settings.lookAhead == 6)
    #expect(preset.passes.map(\.settings.arrangement) == [.files] && preset.passes.map(\.settings.lookAhead) == [23])
    #expect(!preset.hearsAsLive, "live it looks 6 frames ahead")
    let live = try Preset(path: folder.write("p.toml", text), for: .live)
    #expect(live.hearsAsLive && live.passes.map(\.settings.lookAhead) == [6])
    let faster = try Preset(path: folder.write("q.toml", text + "[files]\nspeeds = [1, 0.8]"))
    #expect(faster.passes.map(\.settings.arrangement) == [.files, .files])
  }

  @Test("of a network may have files heard by another preset, too, for a share of the mean")
  func beside() throws {
    let folder = try PresetFolder()
    try folder.writeWeights("tiny.safetensors")
    try folder.writeWeights("other.safetensors", weight: 0.25)
    let network = { (model: String) in Self.head + "method = \"network\"\n[network]\nmodel = '\(model)'\n[files]\n" }
    try folder.write("other.toml", network("other.safetensors") + "backwards = 'tiny.safetensors'")
    let own = network("tiny.safetensors") + "speeds = [1, 0.8]\n"
    let preset = try Preset(path: folder.write("p.toml", own + "beside = 'other.toml'\nshare = 0.4"))
    #expect(preset.passes.map(\.preset) == ["p", "p", "other", "other"] && !preset.hearsAsLive)
    #expect(preset.passes.map(\.speed) == [1, 0.8, 1, 1])
    #expect(preset.passes.map(\.isBackwards) == [false, false, false, true])
    #expect(zip(preset.passes.map(\.share), [0.3, 0.3, 0.2, 0.2]).allSatisfy { abs($0 - $1) < 1e-12 })
    let even = try Preset(path: folder.write("p.toml", own + "beside = 'other.toml'"))
    #expect(even.passes.map(\.share) == [0.25, 0.25, 0.25, 0.25], "a half is the other's unless it is said")

    // A classical method may be beside a network; what is missing or wrong is told with both files and lines.
    try folder.write("wide.toml", Self.head + "method = 'centre'")
    let path = try folder.write("p.toml", own + "beside = 'wide.toml'")
    #expect(try Preset(path: path).passes.count == 3)
    for (text, said, missing) in [
      ("beside = 'none.toml'", "p.toml:9: files.beside: \(folder.path)/none.toml: no such file", true),
      ("beside = 'p.toml'", "p.toml:9: files.beside: found \"", false),
      ("beside = 'wrong.toml'", "p.toml:9: files.beside: \(folder.path)/wrong.toml:4: method: found 3", false),
      ("share = 0.4", "p.toml:9: files.share: found 0.4, expected no such key", false),
      ("beside = 'other.toml'\nshare = 1", "p.toml:10: files.share: found 1, expected a number from 0.01", false),
    ] {
      try folder.write("wrong.toml", Self.head + "method = 3")
      try folder.write("p.toml", own + text)
      for read in [{ _ = try Preset(path: path) }, { _ = try PresetOutline(path: path) }] {
        let error = try #require(throws: PresetError.self) { try read() }
        #expect(error.description.contains(said) && error.isMissing == missing, "\(error)")
      }
    }
  }

  /// What follows the head of a preset, and what its refusal says behind the file's name.
  static let faults = [
    ("", ":1: method: found no such key, expected one of \(methods)"),
    ("method = \"center\"", ":4: method: found \"center\", expected one of \(methods)"),
    ("method = 3", ":4: method: found 3, expected one of \(methods)"),
    (
      "method = \"centre\"\n\n[late]\nthen = \"mut\"",
      ":7: late.then: found \"mut\", expected one of \"hold\", \"dry\", \"mute\""
    ),
    (
      "method = \"centre\"\n[late]\nthan = \"mute\"",
      ":6: late: found the unknown key \"than\", expected only \"hold\", \"fade\", \"then\"; did you mean \"then\"?"
    ),
    (
      "method = \"centre\"\n[framing]\nzzz = 1",
      ":6: framing: found the unknown key \"zzz\", expected only \"window\", \"hop\", \"pair\", \"rate\""
    ),
    (
      "method = \"network\"\n[network]\nmodel = \"m\"\nproducts = \"halves\"",
      ":7: network.products: found \"halves\", expected one of \"single\", \"bytes\""
    ),
    ("method = \"centre\"\nlate = 3", ":5: late: found 3, expected a table"),
    (
      "method = \"centre\"\n[files]\nspeeds = [1]",
      ":5: files: found a table, expected no such table, since the method is \"centre\""
    ),
    (
      "method = \"network\"\nnetwork.model = \"m\"\nfiles.speeds = []",
      ":6: files.speeds: found an array of 0, expected an array of 1 to 8 numbers from 0.5 to 2.0"
    ),
    (
      "method = \"network\"\nnetwork.model = \"m\"\nfiles.speeds = [1, 4]",
      ":6: files.speeds: found an array of 2, expected an array of 1 to 8 numbers from 0.5 to 2.0"
    ),
    ("method = \"centre\"\nlate.hold = -1", ":5: late.hold: found -1, expected a number from 0.0 to 60.0 s"),
    ("method = \"centre\"\nlate.fade = \"1\"", ":5: late.fade: found \"1\", expected a number from 0.0 to 10.0 s"),
    ("method = \"centre\"\nframing.window = 63", ":5: framing.window: found 63, expected an integer from 64 to 65536"),
    (
      "method = \"centre\"\nframing.window = 1e3",
      ":5: framing.window: found 1000.0, expected an integer from 64 to 65536"
    ),
    ("method = \"centre\"\nframing.window = 65", ":5: framing.window: found 65, expected an even number"),
    ("method = \"centre\"\nframing.hop = 513", ":5: framing.hop: found 513, expected an integer from 16 to 512"),
    ("method = \"centre\"\nframing.hop = 0", ":5: framing.hop: found 0, expected an integer from 16 to 512"),
    (
      "method = \"centre\"\nframing.pair = \"hamming\"",
      ":5: framing.pair: found \"hamming\", expected one of \"square-root-hann\", \"hann\", \"low-delay\", \"low-delay-hann\""
    ),
    ("method = \"centre\"\ncentre.exponent = 0", ":5: centre.exponent: found 0, expected a number from 0.1 to 16.0"),
    (
      "method = \"centre\"\ncentre.lowest = 9000",
      ":5: centre.lowest: found 9000, expected a number of hertz below the highest, 8000.0"
    ),
    (
      "method = \"centre\"\ncentre.highest = 100",
      ":5: centre.highest: found 100, expected a number of hertz above the lowest, 150.0"
    ),
    ("method = \"centre\"\nmask.channels = true", ":5: mask.channels: found true, expected one of \"mid\", \"each\""),
    ("method = \"centre\"\nfallback = \"p\"", ":5: fallback: found \"p\", expected another preset than this one"),
    (
      "method = \"centre\"\nfallback = \"../x\"",
      ":5: fallback: found \"../x\", expected a preset's name: 1 to 64 letters, digits, dashes, underscores and dots, "
        + "the first of them no dot"
    ),
    (
      "method = \"centre\"\ndrive = \"synchronous\"",
      ":5: drive: found \"synchronous\", expected one of \"threaded\", \"inline\""
    ),
    (
      "method = \"centre\"\n[network]\nmodel = 'x'",
      ":5: network: found a table, expected no such table, since the method is \"centre\""
    ),
    (
      "method = \"passthrough\"\n[centre]",
      ":5: centre: found a table, expected no such table, since the method is \"passthrough\""
    ),
    (
      "method = \"centre\"\n[above-band]",
      ":5: above-band: found a table, expected no such table, since the method is \"centre\""
    ),
    (
      "method = \"network\"\nnetwork.model = 'tiny.safetensors'\nnetwork.every = 65",
      ":6: network.every: found 65, expected an integer from 1 to 64"
    ),
    (
      "method = \"network\"\nnetwork.model = 'tiny.safetensors'\nnetwork.every = 2\nnetwork.between = 'guess'",
      ":7: network.between: found \"guess\", expected one of \"hold\", \"interpolate\""
    ),
    (
      "method = \"network\"\nnetwork.model = 'tiny.safetensors'\nnetwork.between = 'hold'",
      ":6: network.between: found \"hold\", expected no such key, since nothing is between where every frame is estimated"
    ),
    (
      "method = \"network\"\nnetwork.model = 'tiny.safetensors'\n[framing]",
      ":6: framing: found a table, expected no such table, since a network brings its own grid"
    ),
    ("method = \"network\"", ":1: network.model: found no such key, expected a line of text of 1 to 4096 characters"),
    (
      "method = \"network\"\nnetwork.model = '../tiny.safetensors'",
      ":5: network.model: found \"../tiny.safetensors\", expected the name of a file beside the preset, "
        + "or an absolute path"
    ),
    (
      "method = \"network\"\nnetwork.model = 'tiny.safetensors'\nabove-band.bins = 34",
      ":6: above-band.bins: found 34, expected at most 33, the bins of the model"
    ),
    (
      "method = \"centre\"\nmethod = \"centre\"",
      ":5: found \"method\" a second time, expected each key and each table once"
    ),
    (
      "method = centre",
      ":4: found \"centre\", expected a text in quotes, a finite number, true, false, an array or a table"
    ),
  ]

  @Test("is refused with file, line, key, found and expected", arguments: faults)
  func refusal(text: String, message: String) throws {
    let folder = try PresetFolder()
    try folder.writeWeights("tiny.safetensors")
    let path = try folder.write("p.toml", Self.head + text)
    let error = try #require(throws: PresetError.self) { _ = try Preset(path: path) }
    #expect(error.description == path + message)
    #expect(!error.isMissing)
    let outline = try #require(throws: PresetError.self) { _ = try PresetOutline(path: path) }
    #expect(outline == error, "a list refuses what loading refuses")
  }

  @Test("needs format, title and summary, each as it should be")
  func head() throws {
    let folder = try PresetFolder()
    for (text, message) in [
      ("title = 'T'\nsummary = 'S'\nmethod = 'centre'", ":1: format: found no such key, expected 1"),
      ("format = 2", ":1: format: found 2, expected an integer from 1 to 1"),
      ("format = 1\ntitle = ''", ":2: title: found \"\", expected a line of text of 1 to 200 characters"),
      (
        "format = 1\ntitle = 'T'\nsummary = \"\\u001b[2J\"",
        ":3: summary: found \"\\u{1b}[2J\", expected a line of text of 1 to 1000 characters"
      ),
      (
        "formatt = 1",
        ":1: found the unknown key \"formatt\", expected only \"format\", \"title\", \"summary\", \"method\", "
          + "\"fallback\", \"drive\", \"framing\", \"mask\", \"above-band\", \"late\", \"files\", \"network\", \"centre\", "
          + "\"adress\", \"hpss\", \"nmf\", \"repet-sim\", \"ica\", \"gmm\"; "
          + "did you mean \"format\"?"
      ),
    ] {
      let path = try folder.write("p.toml", text)
      let error = try #require(throws: PresetError.self) { _ = try Preset(path: path) }
      #expect(error.description == path + message)
    }
  }

  @Test("whose weights are wrong names both files; a list does not read the weights themselves")
  func weights() throws {
    let folder = try PresetFolder()
    let path = try folder.write("p.toml", Self.head + "method = 'network'\nnetwork.model = 'tiny.safetensors'")
    let weights = "\(folder.path)/tiny.safetensors"
    let missing = try #require(throws: PresetError.self) { _ = try Preset(path: path) }
    #expect(missing.isMissing && missing.description == "\(path):5: network.model: \(weights): no such file")
    try folder.writeWeights("tiny.safetensors", hop: 0)
    let refused = try #require(throws: PresetError.self) { _ = try PresetOutline(path: path) }
    #expect(
      refused.description
        == "\(path):5: network.model: \(weights): grid.hop: found 0, expected an integer from 1 to 48")
    try folder.writeWeights("tiny.safetensors", weight: .nan)
    #expect(throws: PresetError.self) { _ = try Preset(path: path) }
    #expect(throws: Never.self) { _ = try PresetOutline(path: path) }
  }

  @Test("that is no text, too long, a folder or not there is refused")
  func files() throws {
    let folder = try PresetFolder()
    let read = { (path: String) in try #require(throws: PresetError.self) { _ = try Preset(path: path) } }
    #expect(try read("\(folder.path)/x.toml") == .notFound(file: "\(folder.path)/x.toml"))
    #expect(try read(folder.path + "/.").description.contains("the name \".\""))
    try FileManager.default.createDirectory(atPath: folder.path + "/d.toml", withIntermediateDirectories: true)
    #expect(try read(folder.path + "/d.toml").description.hasSuffix("cannot be read: not a regular file"))
    #expect(mkfifo(folder.path + "/f.toml", 0o600) == 0)
    #expect(try read(folder.path + "/f.toml").description.hasSuffix("cannot be read: not a regular file"))
    let bytes = try folder.write("b.toml", Data([0x61, 0xFF]))
    #expect(try read(bytes).description == "\(bytes):1: found bytes that are not UTF-8, expected a text in UTF-8")
    let long = try folder.write("l.toml", String(repeating: "#", count: 20_000))
    #expect(try read(long).description.hasPrefix("\(long):1: found more than 16384 bytes"))
    #expect(throws: PresetError.self) { _ = try Preset(path: folder.write("n.toml", "format = 1\u{0}")) }
    #expect(try read(folder.write("my preset.toml", Self.head)).description.contains("the name \"my preset\""))
  }

  @Test("never crashes the reader, whatever bytes are turned", arguments: 0..<10)
  func damage(seed: UInt64) throws {
    let folder = try PresetFolder()
    let text = try [UInt8](Data(contentsOf: URL(fileURLWithPath: repositoryPresets + "/centre.toml")))
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    for _ in 0..<100 {
      var damaged = text
      for _ in 0..<4 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let place = Int(state >> 33) % damaged.count
        if state & 0x1_0000 == 0 { damaged[place] ^= UInt8(1) << (state >> 20 & 7) } else { damaged.remove(at: place) }
      }
      let path = try folder.write("p.toml", Data(damaged))
      do throws(PresetError) { _ = try Preset(path: path) } catch { #expect(error.description.hasPrefix(path)) }
    }
  }
}
