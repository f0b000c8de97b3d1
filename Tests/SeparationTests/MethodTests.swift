import Foundation
import Spectral
import Testing

@testable import Network
@testable import Separation

/// A way to separate under test, by its name.
struct Named: Sendable, CustomTestStringConvertible {
  let name: String
  let settings: SeparatorSettings
  var testDescription: String { name }

  init(_ name: String, _ method: Separation.Method, framing: Framing = Framing()) {
    self.name = name
    settings = SeparatorSettings(method: method, framing: framing)
  }
}

/// What holds of every method without training.
@Suite struct MethodTests {
  static let methods: [Named] = [
    Named("centre", .centre(CentreSettings())), Named("adress", .adress(ADRessSettings())),
    Named("hpss", .hpss(HPSSSettings()), framing: Framing(window: 512, hop: 128, rate: 16000)),
    Named(
      "hpss, centred",
      .hpss(
        HPSSSettings(
          hop: 3, long: HPSSSettings.Stage(frames: 9, bins: 9, lookAhead: 4),
          short: HPSSSettings.Stage(frames: 9, bins: 9, lookAhead: 4, exponent: 1))),
      framing: Framing(window: 512, hop: 128, rate: 16000)),
    Named("repet-sim", .repet(REPETSettings(memory: 2, distance: 0.2)), framing: Framing(rate: 16000)),
    Named("ica", .ica(ICASettings())), Named("gmm", .gmm(GMMSettings())),
  ]

  @Test("The stems add up to the input at every rate, delayed by the declared latency", arguments: methods)
  func sum(method: Named) {
    for (rate, channels) in [(8000, 1), (16000, 2), (44100, 2), (48000, 3)] {
      let sound = (0..<channels).map { noise(rate / 2, seed: UInt64($0) + 31) }
      let stream = Stream(method.settings, rate: rate, channels: channels, period: 256)
      let out = stream.run(sound, period: 256)
      for channel in 0..<channels {
        #expect(out.dry[channel] == delayed(sound[channel], by: stream.separator.latency.samples))
        #expect(out.voice[channel].allSatisfy { $0.isFinite && abs($0) < 4 })
      }
      #expect(stream.separator.lateFrames == 0)
    }
  }

  @Test("The same sound is separated alike, live with any period and as a whole file", arguments: methods)
  func periods(method: Named) {
    let sound = [noise(30_000, seed: 41), noise(30_000, seed: 42)]
    let tail = [Float](repeating: 0, count: 30_000)
    func voice(period: Int, slack: Int?) -> [Float] {
      let stream = Stream(method.settings, rate: 44100, channels: 2, period: period, slack: slack)
      let out = stream.run(sound.map { $0 + tail }, period: period).voice[0]
      return Array(out.dropFirst(stream.separator.latency.samples).prefix(30_000))
    }
    let whole = voice(period: 8192, slack: nil)
    for period in [100, 256, 1024] { #expect(difference(voice(period: period, slack: 4 * period), whole) < -110) }
  }

  @Test("Silence stays silent, from the beginning and after sound", arguments: methods)
  func silence(method: Named) {
    let quiet = [Float](repeating: 0, count: 60_000)
    let stream = Stream(method.settings, rate: 16000, channels: 2)
    #expect(stream.run([quiet, quiet], period: 256).voice.allSatisfy { $0.allSatisfy { $0 == 0 } })
    let used = Stream(method.settings, rate: 16000, channels: 2)
    let out = used.run([noise(20_000, seed: 1) + quiet, noise(20_000, seed: 2) + quiet], period: 256)
    #expect(out.voice.allSatisfy { $0.suffix(30_000).allSatisfy { $0 == 0 } })
  }

  @Test("A reset forgets what was heard", arguments: methods)
  func reset(method: Named) {
    let sound = [noise(20_000, seed: 13), noise(20_000, seed: 14)]
    let fresh = Stream(method.settings, rate: 16000, channels: 2, period: 256)
    let used = Stream(method.settings, rate: 16000, channels: 2, period: 256)
    _ = used.run([noise(40_001, seed: 15), noise(40_001, seed: 15)], period: 256)
    used.resetSeparator()
    #expect(used.run(sound, period: 256).voice == fresh.run(sound, period: 256).voice)
  }

  @Test("Louder in is louder out, and nothing else changes", arguments: methods)
  func loudness(method: Named) {
    let sound = [noise(20_000, seed: 51), noise(20_000, seed: 52)]
    let expected = Stream(method.settings, rate: 16000, channels: 2).run(sound, period: 256).voice[0]
    let loud = sound.map { $0.map { $0 * 8 } }
    let found = Stream(method.settings, rate: 16000, channels: 2).run(loud, period: 256).voice[0]
    #expect(difference(found.map { $0 / 8 }, expected) < -80)
  }

  @Test("A method that judges single channels gives each its own mask if the preset wants it")
  func channels() {
    for name in ["hpss", "repet-sim"] {
      guard let method = Self.methods.first(where: { $0.name == name }) else { continue }
      var settings = method.settings
      let sound = noise(30_000, seed: 61)
      let alone = Stream(settings, rate: 16000).run([sound], period: 256).voice[0]
      let both = Stream(settings, rate: 16000, channels: 2).run([sound, sound], period: 256).voice
      #expect(difference(both[0], alone) < -110 && difference(both[1], alone) < -110)
      settings.channels = .each
      let other = noise(30_000, seed: 62)
      let apart = Stream(settings, rate: 16000, channels: 2).run([sound, other], period: 256).voice
      #expect(difference(apart[0], alone) < -110)
      #expect(apart[1] == Stream(settings, rate: 16000).run([other], period: 256).voice[0])
    }
  }
}
