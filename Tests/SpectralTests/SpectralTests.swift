import Foundation
import Realtime
import Testing

@testable import Spectral

/// What analysis and synthesis owe the listener: the same sound back, after exactly the delay they declare.
@Suite struct SpectralTests {
  static let grids: [(Grid, String)] = [
    (Grid(window: 1024, hop: 256), "1024/256"),
    (Grid(window: 1024, hop: 256, pair: .lowDelay), "1024/256 low delay"),
    (Grid(window: 2048, hop: 512), "2048/512"),
    (Grid(window: 2048, hop: 1024, pair: .hann), "2048/1024 Hann"),
    (Grid(window: 2048, hop: 512, pair: .hann), "2048/512 Hann"),
    (Grid(window: 2048, hop: 1024, modelRate: 44100, rate: 48000, pair: .hann), "2048/1024 Hann at 48 kHz"),
    (Grid(window: 1024, hop: 256, modelRate: 16000, rate: 48000), "16 kHz grid at 48 kHz"),
    (Grid(window: 1024, hop: 256, modelRate: 16000, rate: 44100), "16 kHz grid at 44.1 kHz"),
    (Grid(window: 1024, hop: 256, modelRate: 16000, rate: 22050), "16 kHz grid at 22.05 kHz"),
    (Grid(window: 1024, hop: 256, modelRate: 16000, rate: 8000), "16 kHz grid at 8 kHz"),
    (Grid(window: 1024, hop: 256, modelRate: 16000, rate: 44100, pair: .lowDelay), "low delay at 44.1 kHz"),
    (Grid(window: 1024, hop: 128, modelRate: 16000, rate: 44100, pair: .lowDelay), "two hops of 8 ms at 44.1 kHz"),
    (Grid(window: 1024, hop: 64, modelRate: 16000, rate: 44100, pair: .lowDelay), "two hops of 4 ms at 44.1 kHz"),
    (Grid(window: 1024, hop: 64, modelRate: 16000, rate: 11025, pair: .lowDelay), "two hops of 4 ms at 11.025 kHz"),
    (Grid(window: 1024, hop: 512, modelRate: 16000, rate: 44100, pair: .lowDelay), "the longest hop at 44.1 kHz"),
    (Grid(window: 1024, hop: 256, modelRate: 16000, rate: 192_000), "16 kHz grid at 192 kHz"),
  ]

  static func noise(_ count: Int, seed: UInt64 = 1) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
    }
  }

  @Test("What is analysed and synthesised unchanged is the same sound", arguments: grids)
  func perfectReconstruction(grid: Grid, name: String) {
    let windows = Windows(grid: grid)
    let length = grid.window * 6
    let sound = Self.noise(length)
    var input = Timeline(channels: 1, reach: length)
    var output = Timeline(channels: 1, reach: length + grid.window)
    sound.withUnsafeBufferPointer { input.write($0.baseAddress!, count: length, channel: 0, at: 0) }
    var analyser = Analyser(windows: windows)
    var synthesiser = Synthesiser(windows: windows)
    let spectrum = SampleBuffer(count: Transform.stride(bins: grid.bins))
    var frame = 0
    while grid.end(of: frame) <= length {
      analyser.analyse(input, channel: 0, end: grid.end(of: frame), into: spectrum.base)
      synthesiser.synthesise(spectrum.base, onto: &output, channel: 0, end: grid.end(of: frame), earliest: 0)
      frame += 1
    }
    let complete = grid.end(of: frame) - grid.synthesisSupport
    var back = [Float](repeating: 0, count: complete)
    back.withUnsafeMutableBufferPointer { output.take($0.baseAddress!, count: complete, channel: 0, at: 0) }
    var error = 0.0
    for i in 0..<complete {
      let difference = Double(back[i] * windows.gains[i % grid.patternSamples] - sound[i])
      error += difference * difference
    }
    let decibels = 10 * log10(error / Double(complete) * 3)
    #expect(decibels < -120, "\(name): \(decibels) dB")
  }

  /// Rates, and windows that mean at theirs what 1024 samples mean at a trained grid's.
  @Test(
    "At every usual rate the window of a trained grid is as long as trained, to half a per cent, and easy to transform",
    arguments: [8000, 8192, 16000], [8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 176_400, 192_000])
  func easyWindows(modelRate: Int, rate: Int) {
    let grid = Grid(window: 1024, hop: 256, modelRate: modelRate, rate: rate)
    let exact = 1024 * Double(rate) / Double(modelRate)
    #expect(abs(Double(grid.window) - exact) <= exact / 200 + 0.5)
    #expect(grid.meanHop == exact / 4)
    var rest = grid.window
    for prime in [2, 3, 5, 7, 11, 13] { while rest.isMultiple(of: prime) { rest /= prime } }
    #expect(rest == 1 && grid.window.isMultiple(of: 2), "\(grid.window) = … · \(rest)")
  }

  @Test("At its own rate a window is what it is, and two hops fit into it at any")
  func windowsAsAsked() {
    #expect(Grid(window: 706, hop: 100, modelRate: 48000, rate: 48000).window == 706)
    #expect(Grid(window: 1024, hop: 512, modelRate: 16000, rate: 44100).window >= 2822)
  }

  @Test("A transform of any size is the sum that defines it", arguments: [64, 83, 100, 706, 1024, 1411, 2822])
  func transform(size: Int) {
    let sound = Self.noise(size, seed: UInt64(size))
    let transform = Transform(size: size)
    let samples = SampleBuffer(sound)
    let spectrum = SampleBuffer(count: Transform.stride(bins: size / 2 + 1))
    transform.forward(samples.base, into: spectrum.base)
    for bin in [0, 1, size / 7, size / 3, size / 2] {
      var (real, imaginary) = (0.0, 0.0)
      for (n, sample) in sound.enumerated() {
        let angle = -2 * Double.pi * Double(bin * n % size) / Double(size)
        real += Double(sample) * cos(angle)
        imaginary += Double(sample) * sin(angle)
      }
      #expect(abs(Double(spectrum.base[2 * bin]) - real) < 1e-4)
      #expect(abs(Double(spectrum.base[2 * bin + 1]) - imaginary) < 1e-4)
    }
    transform.inverse(spectrum.base, into: samples.base)
    #expect(sound.indices.allSatisfy { abs(samples.base[$0] - sound[$0]) < 1e-6 })
  }

  @Test(
    "Hops of a trained grid never drift from it", arguments: [8000, 11025, 16000, 22050, 44100, 48000, 96000, 12345])
  func hopsFollowTheModel(rate: Int) {
    let grid = Grid(window: 1024, hop: 256, modelRate: 16000, rate: rate)
    for frame in [0, 1, 2, 999, 1_000_000] {
      let exact = Double(frame + 1) * 256 / 16000 * Double(rate)
      #expect(abs(Double(grid.end(of: frame)) - exact) < 1)
    }
  }

  /// What was measured for 1024/256, and the bound for a fractional hop.
  @Test("The delay is the window less what period and hop share")
  func delays() {
    let grid = Grid(window: 1024, hop: 256)
    for (period, delay) in [(64, 960), (128, 896), (256, 768), (512, 768), (1024, 768), (480, 992), (441, 1023)] {
      #expect(grid.delay(period: period) == delay)
    }
    #expect(Grid(window: 1024, hop: 256, pair: .lowDelay).delay(period: 256) == 256)
    #expect(Grid(window: 1024, hop: 256, modelRate: 16000, rate: 48000).delay(period: 256) == 2816)
    #expect(Grid(window: 1024, hop: 256, modelRate: 16000, rate: 44100).delay(period: 256) == 2815)
    // Two hops, of which the longer counts where they alternate: 353 after 352, 177 after 176.
    for (hop, rate, delay) in [(128, 48000, 2 * 384 - 128), (64, 48000, 2 * 192 - 64)]
      + [(128, 44100, 2 * 353 - 1), (64, 44100, 2 * 177 - 1)]
    {
      let grid = Grid(window: 1024, hop: hop, modelRate: 16000, rate: rate, pair: .lowDelay)
      #expect(grid.delay(period: 256) == delay)
    }
  }

  @Test(
    "The low-delay windows overlap to one at the hop by themselves", arguments: [WindowPair.lowDelay, .lowDelayHann])
  func lowDelayProduct(pair: WindowPair) {
    let grid = Grid(window: 1024, hop: 256, pair: pair)
    let windows = Windows(grid: grid)
    #expect(windows.synthesis.count == 512)
    for gain in windows.gains { #expect(abs(gain - 1) < 1e-6) }
  }

  @Test("A full-scale sine in the middle of a bin has the same normalised magnitude at every rate")
  func magnitudesAreRateFree() {
    for rate in [16000, 44100, 48000] {
      let grid = Grid(window: 1024, hop: 256, modelRate: 16000, rate: rate)
      let windows = Windows(grid: grid)
      var input = Timeline(channels: 1, reach: grid.window)
      let sound = (0..<grid.window).map { Float(sin(2 * Double.pi * 64 * Double($0) / Double(grid.window))) }
      sound.withUnsafeBufferPointer { input.write($0.baseAddress!, count: grid.window, channel: 0, at: 0) }
      var analyser = Analyser(windows: windows)
      let spectrum = SampleBuffer(count: Transform.stride(bins: grid.bins))
      analyser.analyse(input, channel: 0, end: grid.window, into: spectrum.base)
      let magnitude = (spectrum[128] * spectrum[128] + spectrum[129] * spectrum[129]).squareRoot() / windows.sum
      #expect(abs(magnitude - 0.5) < 1e-3)
    }
  }

  @Test("A timeline gives back what was put on it, across its seam, and zeros where nothing was")
  func timeline() {
    var timeline = Timeline(channels: 2, reach: 100)
    let sound = Self.noise(1000)
    var position = 0
    for count in [1, 7, 64, 100, 33, 90, 100] {
      sound.withUnsafeBufferPointer {
        timeline.write($0.baseAddress! + position, count: count, channel: 1, at: position)
      }
      position += count
      var back = [Float](repeating: 9, count: count)
      back.withUnsafeMutableBufferPointer {
        timeline.read($0.baseAddress!, count: count, channel: 1, at: position - count)
      }
      #expect(back == Array(sound[position - count..<position]))
      back.withUnsafeMutableBufferPointer {
        timeline.read($0.baseAddress!, count: count, channel: 0, at: position - count)
      }
      #expect(back.allSatisfy { $0 == 0 })
    }
  }
}
