import CAllocationProbe
import CRealtime
import Foundation
import Network
import Preset
import Realtime
import Separation
import Testing

/// What the real-time threads may spend on memory and locks: nothing, over 10,000 frames of every preset.
///
/// The same code runs between the marks of RealtimeSanitizer: linked with it, the test ends with the first call that
/// could block.
@Suite(.serialized) struct BudgetTests {
  static let presets = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("presets").path

  /// The other presets that ship.
  ///
  /// 1000 frames are more than any of them remembers.
  static let methods = PresetLibrary(paths: [presets]).names.filter {
    !["passthrough", "centre", "svsgan"].contains($0)
  }

  @Test("No allocation and no lock in 10,000 frames", arguments: ["passthrough", "centre", "svsgan"], [true, false])
  func nothingSpent(preset: String, inline: Bool) throws {
    try spend(nothing: preset, inline: inline, rate: 48000, frames: 10_000)
  }

  @Test("Nor in 1000 frames of any other preset", arguments: methods)
  func nothingSpent(method: String) throws {
    try spend(nothing: method, inline: true, rate: 48000, frames: 1000)
  }

  /// A small model of every system and of every layer, each with weights that were drawn.
  static let models: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: fixtures)) ?? [])
    .filter { $0.hasSuffix("-model.safetensors") }.sorted()
  private static let fixtures: String = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("NetworkTests/Fixtures").path

  @Test("Nor in 300 frames of any system or layer", arguments: models)
  func nothingSpent(model: String) throws {
    let settings = SeparatorSettings(method: .network(try Model.load(path: "\(Self.fixtures)/\(model)")))
    try spend(nothing: settings, inline: true, rate: 48000, frames: 300)
  }

  @Test("There is a model of every system and layer")
  func modelsAreThere() { #expect(Self.models.count >= 41) }

  @Test(
    "Nor at any other rate, whatever the size of the window there",
    arguments: [8000, 11025, 22050, 44100, 88200, 96000, 176_400, 192_000])
  func nothingSpent(rate: Int) throws {
    try spend(nothing: "svsgan", inline: false, rate: rate, frames: 100)
  }

  private func spend(nothing preset: String, inline: Bool, rate: Int, frames: Int) throws {
    let settings = try PresetLibrary(paths: [Self.presets]).load(preset).settings
    try spend(nothing: settings, inline: inline, rate: rate, frames: frames)
  }

  private func spend(nothing settings: SeparatorSettings, inline: Bool, rate: Int, frames: Int) throws {
    let (request, arrival) = (Wake(), Wake())
    let parts = SeparatorParts(
      settings: settings, rate: rate, channels: 2, period: 256, slack: inline ? nil : 256, request: request,
      arrival: arrival)
    let planes = SampleBuffer(count: 6 * 256)
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<Float>>.allocate(capacity: 6)
    defer { pointers.deallocate() }
    for plane in 0..<6 { (pointers + plane).initialize(to: planes.base + plane * 256) }
    let inputs = UnsafeRawPointer(pointers).assumingMemoryBound(to: UnsafePointer<Float>.self)
    var separator = parts.separator
    var estimation = parts.estimation
    estimation?.rehearse()
    estimation?.forget()
    var spent: UInt64 = 0
    var cycle = 0
    while separator.frames < frames {
      for i in 0..<512 { planes.base[i] = Float((cycle &* 31 &+ i &* 17) % 200 &- 100) * 0.01 }
      probe_begin()
      rt_enter()
      separator.process(
        input: inputs, voice: pointers + 2, dry: pointers + 4, offset: 0, count: 256, pace: .live)
      var isIdle = inline
      while !isIdle { if case .idle = estimation?.step() ?? .idle { isIdle = true } }
      rt_exit()
      spent += probe_end()
      cycle += 1
    }
    #expect(spent == 0)
    let late = separator.lateFrames
    #expect(late == 0)
  }

  @Test("The probe sees an allocation where there is one")
  func probeWorks() {
    probe_begin()
    probe_spend()
    #expect(probe_end() == (probe_counts() ? 2 : 0))
  }

  @Test("Silence costs nothing and comes out as silence, also after sound")
  func silenceAfterSound() throws {
    let settings = try PresetLibrary(paths: [Self.presets]).load("svsgan").settings
    let parts = SeparatorParts(
      settings: settings, rate: 48000, channels: 1, period: 256, slack: nil, request: Wake(), arrival: Wake())
    var separator = parts.separator
    let planes = SampleBuffer(count: 3 * 256)
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<Float>>.allocate(capacity: 3)
    defer { pointers.deallocate() }
    for plane in 0..<3 { (pointers + plane).initialize(to: planes.base + plane * 256) }
    let inputs = UnsafeRawPointer(pointers).assumingMemoryBound(to: UnsafePointer<Float>.self)
    rt_flush_denormals()
    for cycle in 0..<400 {
      for i in 0..<256 { planes.base[i] = cycle < 200 ? Float((cycle &* 31 &+ i &* 17) % 200 &- 100) * 0.01 : 0 }
      separator.process(
        input: inputs, voice: pointers + 1, dry: pointers + 2, offset: 0, count: 256, pace: .live)
    }
    #expect((0..<256).allSatisfy { pointers[1][$0] == 0 && pointers[2][$0] == 0 })
  }
}
