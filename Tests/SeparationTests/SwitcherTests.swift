import Realtime
import Testing

@testable import Separation

/// What a change of preset, a gain or a bypass may do to the sound: nothing but what was asked for.
@Suite struct SwitcherTests {
  /// A switcher with all that must outlive it, fed with whole recordings.
  final class Rig {
    let mailbox: UnsafeMutablePointer<Mailbox<Separator>>
    var switcher: Switcher
    let channels: Int
    let period: Int
    var targets = StemTargets()
    private let request = Wake()
    private let arrival = Wake()

    private let rate: Int
    private let slack: Int?
    private let estimations = Estimations()
    /// While true no mask thread does anything, as if something kept them from the processor.
    var isStalled = false

    init(
      _ settings: SeparatorSettings, channels: Int = 2, period: Int = 256, padding: Int = 0, rate: Int = 48000,
      slack: Int? = nil
    ) {
      self.channels = channels
      self.period = period
      self.rate = rate
      self.slack = slack
      mailbox = .allocate(capacity: 1)
      mailbox.initialize(to: Mailbox())
      let parts = SeparatorParts(
        settings: settings, rate: rate, channels: channels, period: period, slack: slack, padding: padding,
        request: request, arrival: arrival)
      estimations.add(parts.estimation)
      switcher = Switcher(first: parts.separator, mailbox: mailbox, rate: rate)
    }

    deinit {
      mailbox.deinitialize(count: 1)
      mailbox.deallocate()
    }

    func offer(_ settings: SeparatorSettings, padding: Int = 0) {
      let parts = SeparatorParts(
        settings: settings, rate: rate, channels: channels, period: period, slack: slack, padding: padding,
        request: request, arrival: arrival)
      estimations.add(parts.estimation)
      mailbox.pointee.post(Mailbox.box(parts.separator))
    }

    func offer(_ settings: SeparatorSettings, estimator: consuming Estimator) {
      let parts = SeparatorParts(
        estimator: estimator, settings: settings, rate: rate, channels: channels, period: period, slack: slack,
        request: request, arrival: arrival)
      estimations.add(parts.estimation)
      mailbox.pointee.post(Mailbox.box(parts.separator))
    }

    /// Frees what the switcher has given back; true if there was something.
    func collect() -> Bool {
      guard let old = mailbox.pointee.collect() else { return false }
      Mailbox.free(old)
      return true
    }

    func run(_ sound: [[Float]], before: (Rig, Int) -> Void = { _, _ in }) -> (voice: [[Float]], rest: [[Float]]) {
      var voice = [[Float]](repeating: [], count: channels)
      var rest = voice
      let planes = SampleBuffer(count: 3 * channels * period)
      let pointers = UnsafeMutablePointer<UnsafeMutablePointer<Float>>.allocate(capacity: 3 * channels)
      defer { pointers.deallocate() }
      for plane in 0..<3 * channels { (pointers + plane).initialize(to: planes.base + plane * period) }
      for position in stride(from: 0, to: sound[0].count - period + 1, by: period) {
        before(self, position)
        for channel in 0..<channels { for i in 0..<period { pointers[channel][i] = sound[channel][position + i] } }
        pointers.withMemoryRebound(to: UnsafePointer<Float>.self, capacity: channels) { inputs in
          switcher.process(
            input: inputs, voice: pointers + channels, accompaniment: pointers + 2 * channels, count: period,
            targets: targets, pace: .live)
        }
        if !isStalled { estimations.stepAll() }
        for channel in 0..<channels {
          for i in 0..<period {
            voice[channel].append(pointers[channels + channel][i])
            rest[channel].append(pointers[2 * channels + channel][i])
          }
        }
      }
      return (voice, rest)
    }
  }

  /// The estimating halves of a rig's separators.
  final class Estimations {
    private final class Half {
      var estimation: MaskEstimation
      init(_ estimation: consuming MaskEstimation) { self.estimation = estimation }
    }
    private var halves: [Half] = []

    func add(_ estimation: consuming MaskEstimation?) {
      if let estimation { halves.append(Half(estimation)) }
    }

    func stepAll() {
      for half in halves { while half.estimation.step() != .idle {} }
    }
  }

  static func sum(_ a: [Float], _ b: [Float]) -> [Float] { zip(a, b).map { $0 + $1 } }

  /// A tone, whose largest step from sample to sample is known.
  static func tone(_ count: Int) -> [Float] {
    (0..<count).map { Float(0.5 * sine(440 * Double($0) / 48000)) }
  }

  static func largestStep(_ samples: some Collection<Float>) -> Float {
    zip(samples, samples.dropFirst()).map { abs($1 - $0) }.max() ?? 0
  }

  @Test("Changing presets under signal leaves the sum of the stems exact and makes no step")
  func switching() {
    let centre = SeparatorSettings(method: .centre(CentreSettings()))
    let other = SeparatorSettings(method: .centre(CentreSettings(exponent: 1, lowest: 100, highest: 12000)))
    let rig = Rig(centre)
    let left = Self.tone(480_000)
    let right = left.map { $0 * 0.7 }
    var changes = 0
    let out = rig.run([left, right]) { rig, position in
      if position % 24_064 == 10_240 {
        rig.offer(changes % 2 == 0 ? other : centre)
        changes += 1
      }
      _ = rig.collect()
    }
    #expect(changes > 15)
    let latency = rig.switcher.latency
    for (channel, sound) in [left, right].enumerated() {
      let whole = Self.sum(out.voice[channel], out.rest[channel])
      #expect(difference(whole, delayed(sound, by: latency)) < -120)
      let own = Self.largestStep(sound)
      #expect(Self.largestStep(out.voice[channel].dropFirst(4000)) <= own)
      #expect(Self.largestStep(out.rest[channel].dropFirst(4000)) <= own)
    }
  }

  @Test("A preset with another latency takes over without a gap")
  func latencyChange() {
    let rig = Rig(SeparatorSettings(method: .passthrough), channels: 1)
    let sound = Self.tone(96_000)
    let out = rig.run([sound]) { rig, position in
      if position == 25_600 { rig.offer(SeparatorSettings(method: .passthrough), padding: 240) }
      _ = rig.collect()
    }
    // 240 samples are not a multiple of the tone's period: the two delays differ in phase, but neither is silent.
    for start in stride(from: 2000, to: out.voice[0].count - 480, by: 480) {
      #expect(out.voice[0][start..<start + 480].map(abs).max() ?? 0 > 0.2)
    }
    #expect(Self.largestStep(out.voice[0].dropFirst(2000)) <= Self.largestStep(sound) + 1e-6)
    #expect(difference(out.voice[0][60_000...], delayed(sound, by: rig.switcher.latency)[60_000...]) < -120)
  }

  @Test("Bypass gives the delayed input, fades both ways, and never moves the sum")
  func bypass() {
    let rig = Rig(SeparatorSettings(method: .centre(CentreSettings())))
    let sound = [Self.tone(96_000), Self.tone(96_000).map { $0 * 0.3 }]
    let out = rig.run(sound) { rig, position in rig.targets.bypass = position >= 32_000 && position < 64_000 }
    for channel in 0..<2 {
      let expected = delayed(sound[channel], by: rig.switcher.latency)
      #expect(difference(Self.sum(out.voice[channel], out.rest[channel]), expected) < -120)
      #expect(out.rest[channel][40_000..<60_000] == expected[40_000..<60_000])
      #expect(out.voice[channel][40_000..<60_000].allSatisfy { $0 == 0 })
      #expect(Self.largestStep(out.rest[channel].dropFirst(2000)) <= Self.largestStep(sound[channel]) * 1.01)
    }
  }

  @Test("A gain arrives exactly, without a step on the way")
  func gains() {
    let rig = Rig(SeparatorSettings(method: .passthrough), channels: 1)
    let sound = Self.tone(96_000)
    let out = rig.run([sound]) { rig, position in rig.targets.voice = position < 30_000 ? 1 : 0.125 }
    let expected = delayed(sound, by: rig.switcher.latency)
    #expect(difference(out.voice[0][50_000...], expected[50_000...].map { $0 * 0.125 }) < -130)
    #expect(Self.largestStep(out.voice[0].dropFirst(2000)) <= Self.largestStep(sound) * 1.02)
  }

  @Test("Frames that a new separator only listened to are not counted twice")
  func totals() {
    let rig = Rig(SeparatorSettings(method: .passthrough), channels: 1)
    let sound = Self.tone(256 * 300)
    _ = rig.run([sound]) { rig, position in
      if position == 256 * 50 { rig.offer(SeparatorSettings(method: .passthrough)) }
      _ = rig.collect()
    }
    let totals = rig.switcher.totals
    #expect(totals.frames == 300)
    #expect(totals.lateFrames == 0)
  }
}
