import Separation
import Spectral
import Testing

@testable import Live

/// The arithmetic that decides whether a preset may play, and with how much in hand.
@Suite struct AdmissionTests {
  static let grid = Grid(window: 1024, hop: 256)

  static func admit(
    cost: Double, prefersInline: Bool = false, period: Int = 256, rate: Int = 44100, grid: Grid = grid,
    cadence: Cadence = Cadence(), options: LiveOptions = LiveOptions()
  ) throws(AdmissionError) -> Admission {
    try Admission(
      grid: grid, lookAheadFrames: cadence.lookAhead, cadence: cadence,
      cost: StepCost(median: cost, p99: cost, cycle: [cost]), prefersInline: prefersInline, rate: rate,
      period: period, options: options)
  }

  /// From delays measured with a network whose step took a millisecond.
  @Test("A millisecond fits one period of 256, and takes two of 128 or more of 64")
  func slack() throws {
    #expect(try Self.admit(cost: 0.001).latency.samples == 1024)
    #expect(try Self.admit(cost: 0.001).slack == 256)
    #expect(try Self.admit(cost: 0.003, period: 128).slack == 256)
    #expect(try Self.admit(cost: 0.003, period: 64).slack == 192)
    // Four hops arrive together in a period of 1024: their steps come one after another.
    #expect(try Self.admit(cost: 0.003, period: 1024).slack == 1024)
    #expect(try Self.admit(cost: 0.005, period: 1024).slack == 2048)
  }

  @Test("Inline there is nothing in hand, and what does not fit is refused")
  func inline() throws {
    let options = LiveOptions(drive: .inline)
    let admitted = try Self.admit(cost: 0.001, options: options)
    #expect(admitted.slack == nil)
    #expect(admitted.latency.samples == 768)
    #expect(throws: AdmissionError.self) { try Self.admit(cost: 0.003, options: options) }
  }

  /// A period lasts 5.8 ms.
  @Test("A preset that would rather be inline is, where its steps leave three quarters of a period to others")
  func preferredInline() throws {
    let small = try Self.admit(cost: 0.001, prefersInline: true)
    #expect(small.drive == .inline && small.slack == nil && small.latency.samples == 768)
    let large = try Self.admit(cost: 0.002, prefersInline: true)
    #expect(large.drive == .threaded && large.slack == 256 && large.latency.samples == 1024)
    // A quarter of a shorter period is less.
    #expect(try Self.admit(cost: 0.001, prefersInline: true, period: 128).drive == .threaded)
    // What the operator says comes first, and where a latency is pinned there is room for a thread.
    let told = LiveOptions(drive: .threaded)
    #expect(try Self.admit(cost: 0.001, prefersInline: true, options: told).slack == 256)
    #expect(try Self.admit(cost: 0.001, prefersInline: true, options: LiveOptions(pinnedLatency: 1024)).slack == 256)
    #expect(try Self.admit(cost: 0.001).drive == .threaded)
  }

  @Test("The synchronous drive takes whatever it costs, with nothing in hand")
  func synchronous() throws {
    let admitted = try Self.admit(cost: 0.05, options: LiveOptions(drive: .synchronous))
    #expect(admitted.slack == nil)
    #expect(admitted.latency.samples == 768)
  }

  @Test("A bound refuses with the arithmetic")
  func bound() {
    let error = #expect(throws: AdmissionError.self) {
      try Self.admit(cost: 0.001, options: LiveOptions(maxLatency: 0.02))
    }
    let text = error?.description ?? ""
    for part in [
      "768 framing", "256 slack", "1024 samples", "23.2 ms", "20.0 ms",
      "1 step × 1.0 ms × 1.25 + 0.5 ms to wake = 1.75 ms, within 1 period of 5.8 ms",
    ] {
      #expect(text.contains(part), "\(text)")
    }
  }

  @Test("A pin pads every preset to the same latency, and refuses what needs more")
  func pin() throws {
    let options = LiveOptions(pinnedLatency: 2048)
    #expect(try Self.admit(cost: 0.001, options: options).latency.samples == 2048)
    let small = Grid(window: 512, hop: 128)
    #expect(try Self.admit(cost: 0.0001, grid: small, options: options).latency.samples == 2048)
    #expect(throws: AdmissionError.self) {
      try Self.admit(cost: 0.001, grid: Grid(window: 4096, hop: 1024), options: options)
    }
  }

  @Test("A pin's surplus goes to the mask thread in whole periods, up to 50 ms, and the rest is delay")
  func pinnedSlack() throws {
    // 1024 samples are needed, so 1056 are over: four periods and 32 samples.
    let admitted = try Self.admit(cost: 0.001, options: LiveOptions(pinnedLatency: 2080))
    #expect(admitted.slack == 5 * 256 && admitted.latency.slack == 5 * 256 && admitted.latency.padding == 32)
    // 50 ms are 2205 samples, eight whole periods.
    let long = try Self.admit(cost: 0.001, options: LiveOptions(pinnedLatency: 44100))
    #expect(long.slack == 9 * 256 && long.latency.samples == 44100)
    // In the callback there is nobody to give it to.
    let inline = try Self.admit(cost: 0.001, options: LiveOptions(drive: .inline, pinnedLatency: 2080))
    #expect(inline.slack == nil && inline.latency.slack == 0 && inline.latency.samples == 2080)
  }

  @Test("An estimator slower than its hops is refused: no slack could help")
  func slowerThanHop() {
    let error = #expect(throws: AdmissionError.slowerThanHop(cost: 0.01, hop: 256.0 / 44100, every: 1)) {
      try Self.admit(cost: 0.01)
    }
    let text = error?.description ?? ""
    for part in ["10.0 ms", "a hop lasts 5.8 ms", "network.every would have to be 2"] {
      #expect(text.contains(part), "\(text)")
    }
  }

  /// A hop is 5.8 ms: what takes 10 ms fits two hops, and 20 ms four.
  @Test("An estimator that steps at every k-th frame may take k hops, and the slack covers a whole step")
  func everyKth() throws {
    let held = Cadence(every: 2)
    let admitted = try Self.admit(cost: 0.01, cadence: held)
    // 10 ms · 1.25 + 0.5 ms is 13 ms: three periods.
    #expect(admitted.slack == 3 * 256)
    #expect(admitted.latency.samples == 768 + 3 * 256)
    #expect(throws: AdmissionError.slowerThanHop(cost: 0.012, hop: 256.0 / 44100, every: 2)) {
      try Self.admit(cost: 0.012, cadence: held)
    }
    // Interpolated, the mask of the frame after an estimate waits for the next one.
    let between = try Self.admit(cost: 0.02, cadence: Cadence(every: 4, between: .interpolate))
    #expect(between.latency.lookAhead == 3 * 256)
    #expect(between.latency.samples == 768 + 3 * 256 + 5 * 256)
    // Of four hops that arrive together two have a step of their own, of five three.
    #expect(try Self.admit(cost: 0.004, period: 1024, cadence: held).budget.steps == 2)
    #expect(try Self.admit(cost: 0.004, period: 1280, cadence: held).budget.steps == 3)
  }

  /// A period of 256 at 48 kHz is 5.33 ms, and two hops of 160 may fall due in one.
  @Test("Where steps cost unequally, what they leave to do together decides, not the longest of them twice")
  func unequal() throws {
    func admit(_ cycle: [Double], hop: Int = 160, period: Int = 256) throws(AdmissionError) -> Admission {
      try Admission(
        grid: Grid(window: 4096, hop: hop), lookAheadFrames: 0,
        cost: StepCost(median: 0.001, p99: 0.004, cycle: cycle), rate: 48_000, period: period, options: LiveOptions())
    }
    // 4 ms are longer than a hop, but what follows costs next to nothing: 4.1 ms · 1.25 + 0.5 ms is 5.6 ms.
    #expect(try admit([0.004, 0.0001, 0.0001, 0.0001]).slack == 512)
    // The same work in pieces: 2.2 ms together at most, 3.25 ms with the margins.
    #expect(try admit([0.0018, 0.0001, 0.001, 0.001, 0.0004]).slack == 256)
    // A step that begins late because of the one before: 16 ms less a hop of 5.33 are 10.67, 13.8 ms with the margins.
    #expect(try admit([0.008, 0.008, 0, 0], hop: 256, period: 128).slack == 6 * 128)
    #expect(throws: AdmissionError.self) { try admit([0.008, 0.008, 0, 0]) }
  }
}
