import Realtime
import Spectral
import Testing

@testable import Separation

/// Estimators that take a step at every k-th frame, and what stands between.
@Suite struct CadenceTests {
  /// The estimating half with its rings, fed with frames whose masks are known: the centre of two channels whose balance
  /// changes from frame to frame.
  final class Half {
    var estimation: MaskEstimation
    var spectra: FrameProducer
    var masks: FrameConsumer
    let bins = 33

    init(_ cadence: Cadence) {
      let width = 2 * Transform.stride(bins: bins)
      let spectra = FrameRing(width: width, capacity: 64)
      let masks = FrameRing(width: bins, capacity: 64)
      let centre = CentreEstimator(
        settings: CentreSettings(exponent: 1, lowest: 0, highest: 33), planes: 1, channels: 2, bins: bins, binWidth: 1)
      estimation = MaskEstimation(
        estimator: .centre(centre), ratio: nil, phase: .own,
        shaper: MaskShaper(
          MaskShape(), planes: 1, channels: 2, bins: bins, binWidth: 1, hop: 0.016, lookAhead: 0),
        cadence: cadence, spectra: spectra.consumer, masks: masks.producer, arrival: Wake(), lookAhead: 0,
        frameWidth: width, maskWidth: bins)
      self.spectra = spectra.producer
      self.masks = masks.consumer
    }

    /// What the centre is of frame `number`: `1 - |1 - g| / (1 + g)` for a right channel of `g`.
    static func mask(_ number: Int) -> Float {
      let gain = Float(number * 7 % 10) / 10
      return 1 - (1 - gain) / (1 + gain)
    }

    /// Takes one frame in; what was done, and the mask that came of it.
    func feed(_ number: Int) -> (outcome: MaskEstimation.Outcome, number: Int?, mask: Float) {
      let stride = Transform.stride(bins: bins)
      guard let frame = spectra.reserve() else { preconditionFailure("a ring of 64 frames is full") }
      for bin in 0..<bins {
        frame[2 * bin] = 1
        frame[stride + 2 * bin] = Float(number * 7 % 10) / 10
      }
      spectra.publish(number: number)
      let outcome = estimation.step()
      guard let given = masks.nextNumber() else { return (outcome, nil, 0) }
      let mask = masks.frame()[5]
      masks.discard()
      return (outcome, given, mask)
    }
  }

  @Test("Held, a frame has the mask of the last one with a step, at once", arguments: [2, 3, 5])
  func hold(every: Int) {
    let half = Half(Cadence(every: every))
    for number in 0..<40 {
      let found = half.feed(number)
      #expect(found.outcome == (number % every == 0 ? .estimated : .held))
      #expect(found.number == number)
      #expect(abs(found.mask - Half.mask(number - number % every)) < 1e-6)
    }
  }

  @Test("Interpolated, a mask lies on the way between two steps, k - 1 frames later", arguments: [2, 3, 5])
  func interpolate(every: Int) {
    let cadence = Cadence(every: every, between: .interpolate)
    #expect(cadence.lookAhead == every - 1)
    let half = Half(cadence)
    for number in 0..<40 {
      let found = half.feed(number)
      guard number >= cadence.lookAhead else {
        #expect(found.number == nil)
        continue
      }
      let frame = number - cadence.lookAhead
      #expect(found.number == frame)
      let (before, share) = (frame - frame % every, Float(frame % every) / Float(every))
      let expected = Half.mask(before) + (Half.mask(before + every) - Half.mask(before)) * share
      #expect(abs(found.mask - (share == 0 ? Half.mask(before) : expected)) < 1e-6)
    }
  }

  @Test("After frames that came too late the first in time has a step, whoever's turn it was", arguments: [2, 4])
  func backlog(every: Int) {
    for between in Cadence.Between.allCases {
      let half = Half(Cadence(every: every, between: between))
      for number in 0..<9 { _ = half.feed(number) }
      half.masks.await(number: 31)
      for number in 9..<31 { #expect(half.feed(number).outcome == .observed) }
      #expect(half.feed(31).outcome == .estimated)
      let given = (32..<40).map { half.feed($0) }
      #expect(given.last?.number == 39 - Cadence(every: every, between: between).lookAhead)
      #expect(given.allSatisfy { ($0.number ?? 31) >= 31 })
    }
  }

  @Test("A reset begins with a step")
  func reset() {
    let half = Half(Cadence(every: 4))
    for number in 0..<6 { _ = half.feed(number) }
    _ = half.spectra.reserve()
    half.spectra.publish(number: MaskEstimation.reset)
    #expect(half.estimation.step() == .observed)
    #expect(half.feed(6).outcome == .estimated)
  }

  static let cadences = [2, 3, 7].flatMap { every in Cadence.Between.allCases.map { Cadence(every: every, between: $0) }
  }

  @Test("The declared latency holds on the whole way, and no frame is late", arguments: cadences)
  func latency(cadence: Cadence) {
    for period in [64, 100, 256, 1024] {
      for slack in [nil, period] {
        let settings = SeparatorSettings(method: .passthrough, channels: .each, cadence: cadence)
        let grid = settings.grid(rate: 48000)
        let response = ComplexTests.Filter.delay.response(grid) + ComplexTests.Filter.gain(0.5).response(grid)
        // Real and complex estimates, with and without a look into the future of their own.
        let real = Stream(settings, channels: 2, period: period, slack: slack)
        let complex = Stream(
          settings,
          estimator: .filter(FilterEstimator(response: response, planes: 2, bins: grid.bins, lookAhead: 1)),
          channels: 2, period: period, slack: slack)
        let sound = [noise(20_000, seed: 41), noise(20_000, seed: 42)]
        let base = grid.delay(period: period) + (slack ?? 0) + 256 * cadence.lookAhead
        for (stream, ahead) in [(real, 0), (complex, 256)] {
          let out = stream.run(sound, period: period)
          let latency = stream.separator.latency.samples
          #expect(latency == base + ahead)
          #expect(out.dry[0] == delayed(sound[0], by: latency))
          let expected = ahead == 0 ? delayed(sound[1], by: latency) : delayed(sound[1], by: latency).map { $0 * 0.5 }
          #expect(difference(out.voice[1], expected) < -120)
          #expect(stream.separator.lateFrames == 0)
          if slack != nil { #expect(stream.steps <= 20_000 / 256 / cadence.every + 1) }
        }
      }
    }
  }
}
