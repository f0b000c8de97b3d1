import Foundation
import Network
import Separation
import Spectral
import Testing

@testable import Preset

@Suite("A preset of a method without training")
struct MethodPresetTests {
  @Test("says all that the method can be told")
  func everything() throws {
    let folder = try PresetFolder()
    func settings(_ text: String) throws -> SeparatorSettings {
      try Preset(path: folder.write("p.toml", PresetTests.head + text)).settings
    }
    guard case .adress(let adress) = try settings("method='adress'\nadress={resolution=50, width=7}").method,
      case .hpss(let hpss) = try settings(
        """
        method = "hpss"
        framing = { window = 512, hop = 128, rate = 16000 }
        [hpss]
        window = 4
        hop = 2
        long = { frames = 9, bins = 11, look-ahead = 4, exponent = 1 }
        short = { frames = 5, bins = 7, look-ahead = 2, exponent = 3 }
        """
      ).method,
      case .repet(let repet) = try settings(
        "method='repet-sim'\nrepet-sim={memory=5, similar=7, distance=0.5, threshold=0.25}"
      ).method,
      case .ica(let ica) = try settings("method='ica'\nica={seconds=3, rate=0.1, exponent=1}").method,
      case .gmm(let gmm) = try settings(
        "method='gmm'\ngmm={components=4, forgetting=0.9, level-spread=2, phase-spread=0.5}"
      ).method
    else {
      Issue.record("not the method that was asked for")
      return
    }
    #expect(adress == ADRessSettings(resolution: 50, width: 7))
    let stages = (
      HPSSSettings.Stage(frames: 9, bins: 11, lookAhead: 4, exponent: 1),
      HPSSSettings.Stage(frames: 5, bins: 7, lookAhead: 2, exponent: 3)
    )
    #expect(hpss == HPSSSettings(window: 4, hop: 2, long: stages.0, short: stages.1))
    #expect(repet == REPETSettings(memory: 5, similar: 7, distance: 0.5, threshold: 0.25))
    #expect(ica == ICASettings(seconds: 3, rate: 0.1, exponent: 1))
    #expect(gmm == GMMSettings(components: 4, forgetting: 0.9, levelSpread: 2, phaseSpread: 0.5))
  }

  @Test("of a dictionary loads the file beside it")
  func dictionary() throws {
    let folder = try PresetFolder()
    try folder.writeDictionary("tiny.safetensors")
    let path = try folder.write(
      "p.toml",
      PresetTests.head + "method='nmf'\nnmf={dictionary='tiny.safetensors', updates=9, exponent=2}\nabove-band.bins=9")
    let preset = try Preset(path: path)
    guard case .nmf(let dictionary, let settings) = preset.settings.method else {
      Issue.record("not a dictionary")
      return
    }
    #expect(dictionary.description.title == "A tiny dictionary" && dictionary.count == 2)
    #expect(settings == NMFSettings(updates: 9, exponent: 2))
    #expect(try PresetOutline(path: path).method == .nmf)
    // 16 samples at 16 kHz are 48 at 48 kHz.
    #expect(preset.settings.grid(rate: 48000) == Grid(window: 48, hop: 24))
  }

  @Test("may be meant for one rate, and has the same windows in seconds at every other")
  func rate() throws {
    let folder = try PresetFolder()
    let path = try folder.write(
      "p.toml", PresetTests.head + "method='centre'\nframing={window=1024, hop=256, rate=16000}")
    let settings = try Preset(path: path).settings
    #expect(settings.grid(rate: 16000) == Grid(window: 1024, hop: 256))
    #expect(settings.grid(rate: 48000) == Grid(window: 3072, hop: 768))
    #expect(settings.grid(rate: 44100).meanHop == 705.6)
  }

  @Test("shapes masks as its mask table says")
  func mask() throws {
    let folder = try PresetFolder()
    let text = """
      method = "centre"
      [mask]
      channels = "each"
      position = "centre"
      strength = 2
      smoothing = 3
      release = 0.2
      floor = -20
      lowest = 100
      highest = 9000
      """
    let settings = try Preset(path: folder.write("p.toml", PresetTests.head + text)).settings
    #expect(settings.channels == .each)
    #expect(
      settings.mask
        == MaskShape(
          position: .centre, strength: 2, smoothing: 3, release: 0.2, floor: 0.1, lowest: 100, highest: 9000))
    let plain = try Preset(path: folder.write("p.toml", PresetTests.head + "method='centre'")).settings
    #expect(plain.mask == MaskShape())
  }

  /// What follows the head of a preset, and what its refusal says behind the file's name.
  static let faults = [
    (
      "method='adress'\nadress.width=101",
      ":5: adress.width: found 101, expected an integer from 0 to 100"
    ),
    ("method='adress'\nadress.resolution=1", ":5: adress.resolution: found 1, expected an integer from 2 to 10000"),
    (
      "method='adress'\n[hpss]\nwindow=8",
      ":5: hpss: found a table, expected no such table, since the method is \"adress\""
    ),
    ("method='hpss'\nhpss.long.frames=16", ":5: hpss.long.frames: found 16, expected an odd number"),
    ("method='hpss'\nhpss.long.frames=101", ":5: hpss.long.frames: found 101, expected an integer from 3 to 99"),
    (
      "method='hpss'\nhpss.short.look-ahead=4",
      ":5: hpss.short.look-ahead: found 4, expected an integer from 0 to 3"
    ),
    (
      "method='hpss'\nhpss.short.lookahead=9",
      ":5: hpss.short: found the unknown key \"lookahead\", expected only \"frames\", \"bins\", \"look-ahead\", "
        + "\"exponent\"; did you mean \"look-ahead\"?"
    ),
    (
      "method='hpss'\nhpss={window=2, hop=8}",
      ":5: hpss.hop: found 8, expected at most 4, for two hops to fit into the long window"
    ),
    (
      "method='hpss'\nframing.window=16384\nhpss.window=8",
      ":6: hpss.window: found 8, expected at most 4, a long window of 65536 samples"
    ),
    ("method='nmf'", ":1: nmf.dictionary: found no such key, expected a line of text of 1 to 4096 characters"),
    (
      "method='nmf'\nnmf.dictionary='a/b'",
      ":5: nmf.dictionary: found \"a/b\", expected the name of a file beside the preset, or an absolute path"
    ),
    (
      "method='nmf'\nnmf.dictionary='tiny.safetensors'\nabove-band.bins=10",
      ":6: above-band.bins: found 10, expected at most 9, the bins of the dictionary"
    ),
    (
      "method='nmf'\nnmf.dictionary='tiny.safetensors'\nframing.hop=64",
      ":6: framing: found a table, expected no such table, since a dictionary brings its own grid"
    ),
    (
      "method='nmf'\nnmf={dictionary='tiny.safetensors', updates=0}",
      ":5: nmf.updates: found 0, expected an integer from 1 to 1000"
    ),
    (
      "method='repet-sim'\nrepet-sim={memory=2, distance=3}",
      ":5: repet-sim.distance: found 3, expected a number from 0.0 to 2.0 s"
    ),
    (
      "method='repet-sim'\nframing.hop=16\nrepet-sim.memory=60",
      ":6: repet-sim.memory: found 60, expected at most 7.5 s of windows that overlap 64 times"
    ),
    ("method='ica'\nica.rate=2", ":5: ica.rate: found 2, expected a number from 0.0 to 1.0"),
    ("method='gmm'\ngmm.components=1", ":5: gmm.components: found 1, expected an integer from 2 to 16"),
    ("method='gmm'\ngmm.forgetting=1", ":5: gmm.forgetting: found 1, expected a number from 0.0 to 0.9999"),
    (
      "method='gmm'\nframing.rate=16001",
      ":5: framing.rate: found 16001, expected a multiple of 25, as usual rates are"
    ),
    (
      "method='gmm'\nmask.position='left'",
      ":5: mask.position: found \"left\", expected one of \"none\", \"centre\", \"learned\""
    ),
    (
      "method='gmm'\nmask.strength=2",
      ":5: mask.strength: found 2, expected no such key, since the position is \"none\""
    ),
    ("method='gmm'\nmask.floor=1", ":5: mask.floor: found 1, expected a number from -120.0 to 0.0 dB"),
    (
      "method='gmm'\nmask={lowest=500, highest=400}",
      ":5: mask.highest: found 400, expected a number of hertz above the lowest, 500.0"
    ),
    ("method='gmm'\nmask.smoothing=0.5", ":5: mask.smoothing: found 0.5, expected an integer from 0 to 64"),
    ("method='gmm'\nmask.release=-1", ":5: mask.release: found -1, expected a number from 0.0 to 10.0 s"),
  ]

  @Test("is refused with file, line, key, found and expected", arguments: faults)
  func refusal(text: String, message: String) throws {
    let folder = try PresetFolder()
    try folder.writeDictionary("tiny.safetensors")
    let path = try folder.write("p.toml", PresetTests.head + text)
    let error = try #require(throws: PresetError.self) { _ = try Preset(path: path) }
    #expect(error.description == path + message)
    let outline = try #require(throws: PresetError.self) { _ = try PresetOutline(path: path) }
    #expect(outline == error, "a list refuses what loading refuses")
  }

  /// The beginning of a preset of a network, its weights beside it.
  private static let network = PresetTests.head + "method='network'\nnetwork.model='tiny.safetensors'\n"

  @Test("of a network that gives spectra cannot shape masks, of which there are none")
  func spectra() throws {
    let folder = try PresetFolder()
    try folder.writeSpectrumWeights("tiny.safetensors")
    let path = try folder.write("p.toml", Self.network + "mask={channels='each'}")
    #expect(throws: Never.self) { _ = try Preset(path: path) }
    try folder.write("p.toml", Self.network + "mask={channels='each', smoothing=1}")
    let error = try #require(throws: PresetError.self) { _ = try Preset(path: path) }
    let expected =
      "none, since the model gives the voice's spectrum and no mask; network.phase = \"mixture\" makes one"
    #expect(error.description == "\(path):6: mask: found a change of masks, expected \(expected)")
    let outline = try #require(throws: PresetError.self) { _ = try PresetOutline(path: path) }
    #expect(outline == error)
  }

  @Test("of a network that gives spectra may ask for a mask, and then shape it")
  func phase() throws {
    let folder = try PresetFolder()
    try folder.writeSpectrumWeights("tiny.safetensors")
    let path = try folder.write(
      "p.toml", Self.network + "network.phase='mixture'\nmask={position='learned', smoothing=1}")
    let settings = try Preset(path: path).settings
    #expect(settings.phase == .mixture)
    #expect(settings.mask == MaskShape(position: .learned, smoothing: 1))
    try folder.write("p.toml", Self.network + "network.phase='own'")
    #expect(try Preset(path: path).settings.phase == .own)
    try folder.write("p.toml", Self.network)
    #expect(try Preset(path: path).settings.phase == .own, "unless told otherwise")
  }

  @Test("of a network that gives masks has no phases to choose")
  func phaseOfMasks() throws {
    let folder = try PresetFolder()
    try folder.writeMidSideWeights("tiny.safetensors")
    let network = "method='network'\nnetwork={model='tiny.safetensors', phase='mixture'}"
    let path = try folder.write("p.toml", PresetTests.head + network)
    let error = try #require(throws: PresetError.self) { _ = try Preset(path: path) }
    let expected = "no such key, since the model gives masks, and so has the mixture's phases"
    #expect(error.description == "\(path):5: network.phase: found \"mixture\", expected \(expected)")
  }

  @Test("of a network that hears mid and side shapes their masks, but has no middle to keep")
  func midSide() throws {
    let folder = try PresetFolder()
    try folder.writeMidSideWeights("tiny.safetensors")
    let path = try folder.write(
      "p.toml",
      Self.network + "files={backwards='tiny.safetensors', speeds=[1, 0.8]}\n"
        + "mask={position='none', threshold=0.3, smoothing=1, release=0.1, floor=-20, lowest=100, highest=7000}")
    let preset = try Preset(path: path)
    #expect(preset.passes.count == 4)
    #expect(
      preset.settings.mask
        == MaskShape(threshold: 0.3, smoothing: 1, release: 0.1, floor: 0.1, lowest: 100, highest: 7000))
    #expect(try PresetOutline(path: path).model?.input.channels == 2)
    try folder.write("p.toml", Self.network + "[mask]\nsmoothing=1\nposition='centre'")
    let error = try #require(throws: PresetError.self) { _ = try Preset(path: path) }
    let expected = "\"none\" or \"learned\", since the model's masks are those of mid and side"
    #expect(error.description == "\(path):8: mask.position: found \"centre\", expected \(expected)")
    let outline = try #require(throws: PresetError.self) { _ = try PresetOutline(path: path) }
    #expect(outline == error)
    try folder.write("p.toml", Self.network + "[mask]\nposition='learned'\nstrength=0.5")
    #expect(try Preset(path: path).settings.mask == MaskShape(position: .learned, strength: 0.5))
    try folder.writeWeights("mono.safetensors")
    let mixed = PresetTests.head + "method='network'\nnetwork.model='mono.safetensors'\nmask.position='centre'\n"
    try folder.write("p.toml", mixed)
    #expect(throws: Never.self) { _ = try Preset(path: path) }
    try folder.write("p.toml", mixed + "files.backwards='tiny.safetensors'")
    #expect(throws: PresetError.self, "backwards it cannot be done either") { _ = try Preset(path: path) }
  }

  @Test("whose dictionary is missing or wrong names both files")
  func files() throws {
    let folder = try PresetFolder()
    let path = try folder.write("p.toml", PresetTests.head + "method='nmf'\nnmf.dictionary='tiny.safetensors'")
    let missing = try #require(throws: PresetError.self) { _ = try Preset(path: path) }
    #expect(missing.isMissing)
    #expect(missing.description == "\(path):5: nmf.dictionary: \(folder.path)/tiny.safetensors: no such file")
    try folder.writeWeights("tiny.safetensors")
    #expect(throws: PresetError.self) { _ = try Preset(path: path) }
  }

  @Test("that ships can be loaded, and its fallback too")
  func shipped() throws {
    let library = PresetLibrary(paths: [repositoryPresets])
    #expect(library.names.count >= 10)
    for name in library.names {
      let preset = try library.load(name)
      #expect(preset.name == name)
    }
  }
}
