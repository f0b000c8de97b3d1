import Testing

@testable import Network
@testable import Separation

/// Networks whose layers themselves give the result for an earlier frame, since they remember frames and wait for more.
@Suite struct InnerDelayTests {
  /// A network without weights that gives back the spectrum of `frames` frames before.
  static func settings(frames: Int) throws -> SeparatorSettings {
    let document: [String: Any] = [
      "name": "later", "title": "What was heard before",
      "grid": ["rate": 16000, "window": 64, "hop": 16, "shape": "hann"],
      "input": ["feature": "spectrum", "scale": 1, "level": ["kind": "none"]],
      "layers": [
        ["kind": "history", "name": "past", "frames": 2, "axis": 0, "spacing": frames],
        ["kind": "slice", "name": "oldest", "axis": 0, "start": 0, "stop": 1],
        ["kind": "reshape", "name": "voice", "shape": [2, 33]],
      ],
      "output": ["kind": "spectrum", "delay": frames],
    ]
    return SeparatorSettings(method: .network(try .weightless(document)), channels: .each)
  }

  @Test("The first frames are heard, too: they are remembered before there is a result", arguments: [1, 7, 40])
  func first(frames: Int) throws {
    let stream = Stream(try Self.settings(frames: frames), rate: 16_000, period: 64, slack: nil)
    let latency = stream.separator.latency.samples
    #expect(latency >= frames * 16)
    let sound = noise(8000, seed: UInt64(frames))
    let level = difference(stream.run([sound], period: 64).voice[0], delayed(sound, by: latency))
    #expect(level < -110, "\(level) dB")
  }

  @Test("After masks that came too late the voice is where it was")
  func late() throws {
    let stream = Stream(try Self.settings(frames: 400), rate: 16_000, period: 64, slack: 64)
    let latency = stream.separator.latency.samples
    let sound = noise(32_000, seed: 9)
    var voice: [Float] = []
    for start in stride(from: 0, to: sound.count, by: 64) {
      // For 20 ms, long after the first estimate.
      stream.isStalled = (16_000..<16_320).contains(start)
      voice += stream.run([Array(sound[start..<start + 64])], period: 64).voice[0]
    }
    #expect(stream.separator.lateFrames > 0)
    let expected = delayed(sound, by: latency)
    let level = difference(Array(voice[17_600..<20_000]), Array(expected[17_600..<20_000]))
    #expect(level < -110, "\(level) dB")
  }
}
