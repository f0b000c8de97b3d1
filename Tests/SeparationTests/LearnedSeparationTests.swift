import Foundation
import Realtime
import Testing

@testable import Network
@testable import Separation

/// The trained network on its whole way: samples in, voice out.
@Suite struct LearnedSeparationTests {
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func settings() throws -> SeparatorSettings {
    let path = repository.appendingPathComponent("presets/svsgan.safetensors").path
    return SeparatorSettings(method: .network(try Model.load(path: path)))
  }

  /// A tensor of the vectors that the training side wrote.
  static func golden(_ name: String, of model: String = "svsgan") throws -> [Float] {
    let path = repository.appendingPathComponent("Tests/NetworkTests/Fixtures/\(model)-golden.safetensors").path
    let file = try Safetensors(path: path)
    let tensor = try #require(file.tensors[name])
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: tensor.bytes.count, alignment: 4)
    defer { bytes.deallocate() }
    try file.read(tensor, named: name, into: #require(bytes.baseAddress))
    return Array(bytes.bindMemory(to: Float.self))
  }

  /// A sung vowel of sorts over two chords: harmonics below 7 kHz with vibrato, the same sound at every rate.
  static func song(rate: Int, seconds: Double) -> [Float] {
    (0..<Int(seconds * Double(rate))).map { index in
      let time = Double(index) / Double(rate)
      var sample = 0.0
      let pitch = 220 * time + 0.6 * sin(2 * .pi * 5.5 * time)
      for harmonic in 1...20 { sample += sin(2 * .pi * Double(harmonic) * pitch) / Double(harmonic) }
      for (number, note) in [110.0, 164.8, 261.6, 329.6].enumerated() {
        sample +=
          0.7 * sin(2 * .pi * note * time + Double(number)) * exp(-2 * time.truncatingRemainder(dividingBy: 0.5))
      }
      return Float(0.1 * sample)
    }
  }

  static func level(_ samples: some Collection<Float>) -> Double {
    10 * log10(samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples.count))
  }

  @Test("The voice is the one that training computed, sample for sample")
  func golden() throws {
    let samples = try Self.golden("samples")
    let expected = try Self.golden("voice")
    let stream = Stream(try Self.settings(), rate: 16000, period: 256)
    let latency = stream.separator.latency.samples
    let out = stream.run([samples + [Float](repeating: 0, count: latency)], period: 256)
    // The last 768 samples want frames that the vectors do not have.
    let complete = samples.count - 768
    let furthest = zip(out.voice[0].dropFirst(latency).prefix(complete), expected).map { abs($0 - $1) }.max() ?? 1
    #expect(furthest < 1e-5)
    #expect(expected.contains { abs($0) > 0.01 }, "vectors of silence would prove nothing")
  }

  @Test("A stream is separated as the whole file is, whatever the period", arguments: [64, 100, 256, 480, 1024])
  func streaming(period: Int) throws {
    let sound = Self.song(rate: 48000, seconds: 1)
    let whole = Stream(try Self.settings(), rate: 48000, period: 8192)
    let live = Stream(try Self.settings(), rate: 48000, period: period, slack: period)
    let silence = [Float](repeating: 0, count: 16384)
    let expected = whole.run([sound + silence], period: 8192).voice[0].dropFirst(whole.separator.latency.samples)
    let found = live.run([sound + silence], period: period).voice[0].dropFirst(live.separator.latency.samples)
    let furthest = zip(expected, found).map { abs($0 - $1) }.max() ?? 1
    #expect(furthest < 1e-6)
  }

  @Test("The same song is separated alike at every rate", arguments: [22050, 32000, 44100, 48000, 96000])
  func rates(rate: Int) throws {
    func voiceLevel(_ rate: Int) throws -> Double {
      let stream = Stream(try Self.settings(), rate: rate, period: 512)
      let out = stream.run([Self.song(rate: rate, seconds: 3)], period: 512)
      return Self.level(out.voice[0].dropFirst(rate))
    }
    let trained = try voiceLevel(16000)
    #expect(abs(try voiceLevel(rate) - trained) < 0.5)
  }

  @Test("Twice as loud in is twice as loud out: the model hears the same at every volume", arguments: [0.05, 2, 8])
  func loudness(gain: Float) throws {
    let sound = Self.song(rate: 16000, seconds: 2)
    let expected = Stream(try Self.settings(), rate: 16000).run([sound], period: 256).voice[0]
    let found = Stream(try Self.settings(), rate: 16000).run([sound.map { $0 * gain }], period: 256).voice[0]
    #expect(difference(found.map { $0 / gain }, expected) < -90)
  }

  @Test("One mask serves both channels of a stereo song, or each has its own")
  func channels() throws {
    let sound = Self.song(rate: 16000, seconds: 1)
    var settings = try Self.settings()
    let mono = Stream(settings, rate: 16000).run([sound], period: 256).voice[0]
    let both = Stream(settings, rate: 16000, channels: 2).run([sound, sound], period: 256).voice
    #expect(difference(both[0], mono) < -110)
    #expect(difference(both[1], mono) < -110)
    settings.channels = .each
    let silence = [Float](repeating: 0, count: sound.count)
    let apart = Stream(settings, rate: 16000, channels: 2).run([sound, silence], period: 256).voice
    #expect(difference(apart[0], mono) < -110)
    #expect(apart[1].allSatisfy { $0 == 0 })
  }

  /// The amplitude of a tone in the second half of some samples.
  static func amplitude(_ samples: [Float], hertz: Double, rate: Int) -> Double {
    var (real, imaginary) = (0.0, 0.0)
    let range = samples.count / 2..<samples.count
    for index in range {
      let angle = 2 * Double.pi * hertz * Double(index) / Double(rate)
      real += Double(samples[index]) * cos(angle)
      imaginary += Double(samples[index]) * sin(angle)
    }
    return 2 * (real * real + imaginary * imaginary).squareRoot() / Double(range.count)
  }

  @Test(
    "Above the model's band the voice follows the mean of the model's top bins, and never more than the preset's bound")
  func aboveBand() throws {
    let song = Self.song(rate: 48000, seconds: 2)
    let whistled = song.indices.map { song[$0] + 0.05 * Float(sine(12000 * Double($0) / 48000)) }
    func whistle(maximum: Float) throws -> Double {
      var settings = try Self.settings()
      settings.aboveBand = AboveBand(bins: 513, maximum: maximum)
      let voice = Stream(settings, rate: 48000).run([whistled], period: 256).voice[0]
      return Self.amplitude(voice, hertz: 12000, rate: 48000)
    }
    let open = try whistle(maximum: 1)
    let bounded = try whistle(maximum: 0.001)
    #expect(open > 0.001 && open < 0.05)
    #expect(bounded > 0 && bounded <= 0.001 * 0.05 * 1.01)
    #expect(try whistle(maximum: 0) < 1e-6)
  }
}
