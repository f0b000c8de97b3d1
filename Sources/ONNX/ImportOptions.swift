/// What an ONNX file does not say about a model, or says so that it can be read in more than one way.
public struct ImportOptions: Sendable {
  /// What the frame holds.
  public enum Feature: String, Sendable, CaseIterable {
    /// Magnitudes divided by the sum of the window.
    case magnitude
    /// Magnitudes as the transform gives them.
    case rawMagnitude = "raw-magnitude"
    /// Real and imaginary parts as the transform gives them.
    case spectrum
  }

  /// What the model says of the voice.
  public enum Output: String, Sendable, CaseIterable {
    /// The share of the voice in each bin.
    case mask
    /// The magnitudes of both sources.
    case twoSourceMagnitudes = "two-source-magnitudes"
    /// The magnitude of the voice.
    case voiceMagnitude = "voice-magnitude"
    /// Real and imaginary parts of the voice.
    case spectrum
  }

  /// The windows.
  public enum WindowShape: String, Sendable, CaseIterable {
    /// Square root of a periodic Hann window.
    case squareRootHann = "square-root-hann"
    /// Periodic Hann window, the usual one of `torch.stft`.
    case hann
    /// A long analysis window and a synthesis window of two hops.
    case lowDelay = "low-delay"
    /// The same with the square of that analysis window.
    case lowDelayHann = "low-delay-hann"
  }

  /// Which of two sources the model gives first.
  public enum First: String, Sendable, CaseIterable {
    /// Accompaniment, then voice.
    case accompaniment
    /// Voice, then accompaniment.
    case voice
  }

  /// The model's name in its file: letters, digits, dots, dashes, underscores.
  public var name = "model"
  /// Samples a second that the model was trained at.
  public var rate: Int?
  /// Samples between frames.
  public var hop: Int?
  /// Samples of a frame; twice the bins less one unless given.
  public var window: Int?
  /// The windows.
  public var shape = WindowShape.hann
  /// What the frame holds; told from its shape unless given.
  public var feature: Feature?
  /// 2 if the model hears left and right together.
  public var channels: Int?
  /// What the model says; told from shapes and the last layer where that is clear.
  public var output: Output?
  /// The order of two sources.
  public var first: First?
  /// Frames by which the result lags behind the newest frame that the graph was given.
  public var delay = 0
  /// Of several frames that the model sees at once, how many come after the one that it estimates.
  public var future = 0
  /// What the axes of the frame mean, in the words of ``axisWords``; told from the shape unless given.
  public var axes: String?
  /// The same for the result.
  public var resultAxes: String?
  /// The input that is the frame; the first that is no state unless given.
  public var frame: String?
  /// The output that is the result; the first that is no state unless given.
  public var result: String?
  /// Inputs that hold in a frame what an output gave in the frame before.
  public var states: [(input: String, output: String)] = []
  /// Extents for axes that the file only names; 1 for others.
  public var dimensions: [String: Int] = [:]
  /// Recurrent layers whose state the graph does not hand on keep it from frame to frame.
  public var keepsState = false

  /// Nothing said.
  public init() {}

  /// The words for axes: `planes` stands for `channels*parts`, and an axis may be a product of others, too.
  public static let axisWords = ["1", "frames", "channels", "parts", "planes", "sources", "bins"]
}
