import Realtime
import Testing

@testable import Separation

/// While nothing is connected to the input nothing is estimated, and nobody hears a difference.
@Suite struct IdleTests {
  static let silence = [Float](repeating: 0, count: 48_000)

  @Test("Without an input no step is taken, and nothing counts as late")
  func rest() {
    let stream = Stream(SeparatorSettings(method: .centre(CentreSettings())), channels: 2, slack: 256)
    stream.hasInput = false
    let out = stream.run([Self.silence, Self.silence], period: 256)
    #expect(stream.steps == 0)
    #expect(stream.separator.frames > 150)
    #expect(stream.separator.lateFrames == 0)
    #expect(out.voice[0].allSatisfy { $0 == 0 })
    stream.hasInput = true
    _ = stream.run([Self.silence, Self.silence], period: 256)
    #expect(stream.steps > 150, "with an input also silence is estimated")
    #expect(stream.separator.lateFrames == 0)
  }

  @Test("Sound that comes before the server says that something is connected is separated as ever", arguments: [0, 3])
  func soundFirst(lookAhead: Int) {
    let graph = ComplexTests.Graph(rate: 48000, period: 256, slack: 256)
    let sound = [noise(30_000, seed: 51), noise(30_000, seed: 52)].map { Self.silence + $0 + Self.silence + $0 }
    let resting = ComplexTests.stream([.delay, .quarterTurn], graph, lookAhead: lookAhead)
    resting.hasInput = false
    let found = resting.run(sound, period: 256)
    let watching = ComplexTests.stream([.delay, .quarterTurn], graph, lookAhead: lookAhead)
    let expected = watching.run(sound, period: 256)
    #expect(found.voice == expected.voice)
    #expect(found.dry == expected.dry)
    #expect(resting.separator.lateFrames == 0)
    #expect(resting.steps < watching.steps / 2 + 20)
  }

  @Test("The song after a rest is separated as if it were the first")
  func forgets() throws {
    let settings = try LearnedSeparationTests.settings()
    let song = LearnedSeparationTests.song(rate: 16000, seconds: 2)
    let loud = noise(32_000, seed: 53)
    let pause = [Float](repeating: 0, count: 256 * 40)
    let fresh = Stream(settings, rate: 16000, slack: 256)
    let expected = fresh.run([loud.map { _ in 0 } + pause + song], period: 256).voice[0].dropFirst(32_000 + 256 * 40)
    let used = Stream(settings, rate: 16000, slack: 256)
    let found = used.run([loud + pause + song], period: 256) { stream, position in
      stream.hasInput = position < 32_000 || position >= 32_000 + 256 * 35
    }.voice[0].dropFirst(32_000 + 256 * 40)
    #expect(found.count > 30_000)
    #expect(difference(found, expected) < -120)
    #expect(expected.contains { abs($0) > 0.01 })
    #expect(used.separator.lateFrames == 0)
  }
}
