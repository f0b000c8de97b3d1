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
}
