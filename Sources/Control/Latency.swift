/// How much later a sample comes out than it went in.
public struct Latency: Codable, Sendable, Equatable {
  /// In samples at the rate of the graph.
  public var samples: Int
  /// In seconds.
  public var seconds: Double

  /// Puts the two forms together.
  public init(samples: Int, seconds: Double) {
    self.samples = samples
    self.seconds = seconds
  }

  /// So many samples at `sampleRate` hertz.
  public init(samples: Int, sampleRate: Int) {
    self.init(samples: samples, seconds: Double(samples) / Double(sampleRate))
  }
}
