import Glibc
import Realtime

@testable import Separation

/// A separator under test, fed with whole recordings in periods of any length.
final class Stream {
  let channels: Int
  private(set) var separator: Separator
  private var estimation: MaskEstimation?
  let request = Wake()
  let arrival = Wake()
  /// While true the mask thread does nothing, as if something kept it from the processor.
  var isStalled = false
  /// While false the sound server says that nothing is connected to the input.
  var hasInput = true
  /// How long a step of the estimator takes, in samples of the stream.
  var stepSamples = 0
  /// How many steps the estimator has taken.
  private(set) var steps = 0
  /// The samples fed so far, when the mask thread is free on the same clock, and whether it waits for a frame.
  private var now = 0
  private var freeAt = 0
  private var isWaiting = true

  init(
    _ settings: SeparatorSettings, rate: Int = 48000, channels: Int = 1, period: Int = 256, slack: Int? = nil,
    padding: Int = 0
  ) {
    self.channels = channels
    let parts = SeparatorParts(
      settings: settings, rate: rate, channels: channels, period: period, slack: slack, padding: padding,
      request: request, arrival: arrival)
    separator = parts.separator
    estimation = parts.estimation
  }

  /// A separator around an estimator that no preset names.
  init(
    _ settings: SeparatorSettings, estimator: consuming Estimator, rate: Int = 48000, channels: Int = 1,
    period: Int = 256, slack: Int? = nil
  ) {
    self.channels = channels
    let parts = SeparatorParts(
      estimator: estimator, settings: settings, rate: rate, channels: channels, period: period, slack: slack,
      request: request, arrival: arrival)
    separator = parts.separator
    estimation = parts.estimation
  }

  func withSeparator(_ body: (inout Separator) -> Void) { body(&separator) }

  /// Feeds one period of every channel; the mask thread's turn comes after the callback, as it would live.
  func process(_ input: [[Float]], pace: Separator.Pace = .live) -> (voice: [[Float]], dry: [[Float]]) {
    let count = input[0].count
    let planes = SampleBuffer(count: 3 * channels * count)
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<Float>>.allocate(capacity: 3 * channels)
    defer { pointers.deallocate() }
    for plane in 0..<3 * channels { (pointers + plane).initialize(to: planes.base + plane * count) }
    for channel in 0..<channels { for i in 0..<count { pointers[channel][i] = input[channel][i] } }
    pointers.withMemoryRebound(to: UnsafePointer<Float>.self, capacity: channels) { inputs in
      separator.process(
        input: inputs, voice: pointers + channels, dry: pointers + 2 * channels, offset: 0, count: count,
        pace: pace == .live && !hasInput ? .idle : pace)
    }
    now += count
    if isStalled { (freeAt, isWaiting) = (now, false) } else { runMaskThread() }
    func plane(_ index: Int) -> [Float] { (0..<count).map { pointers[index][$0] } }
    return ((0..<channels).map { plane(channels + $0) }, (0..<channels).map { plane(2 * channels + $0) })
  }

  /// Takes the steps that a mask thread can have begun by now; their masks are there as they begin.
  private func runMaskThread() {
    while freeAt <= now {
      switch estimation?.step() ?? .idle {
      case .idle:
        isWaiting = true
        return
      case .observed, .held: break
      case .estimated:
        steps += 1
        freeAt = (isWaiting ? now : freeAt) + stepSamples
        isWaiting = false
      }
    }
  }

  /// Feeds whole channels in whole periods of `period` samples, as a sound server does, and returns stems as long.
  func run(
    _ sound: [[Float]], period: Int, pace: Separator.Pace = .live, before: (Stream, Int) -> Void = { _, _ in }
  ) -> (voice: [[Float]], dry: [[Float]]) {
    var voice = [[Float]](repeating: [], count: channels)
    var dry = voice
    var position = 0
    let length = sound[0].count
    while position < length {
      before(self, position)
      let end = min(position + period, length)
      let rest = [Float](repeating: 0, count: position + period - end)
      let out = process(sound.map { $0[position..<end] + rest }, pace: pace)
      for channel in 0..<channels {
        voice[channel] += out.voice[channel]
        dry[channel] += out.dry[channel]
      }
      position = end
    }
    return (voice.map { Array($0.prefix(length)) }, dry.map { Array($0.prefix(length)) })
  }
}

/// Seeded noise between -1 and 1.
func noise(_ count: Int, seed: UInt64 = 1) -> [Float] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
  }
}

/// The level of `a - b` in dB full scale, over what both have.
func difference(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Double {
  var sum = 0.0
  var count = 0
  for (x, y) in zip(a, b) {
    sum += Double(x - y) * Double(x - y)
    count += 1
  }
  return count == 0 || sum == 0 ? -400 : 10 * log10(sum / Double(count))
}

/// The sine of a number of turns.
func sine(_ turns: Double) -> Double { sin(2 * .pi * turns) }

/// `sound` after `delay` samples of silence, as long as it was.
func delayed(_ sound: [Float], by delay: Int) -> [Float] {
  Array(([Float](repeating: 0, count: delay) + sound).prefix(sound.count))
}
