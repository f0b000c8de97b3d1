public import Text

/// What a weights file says about its model: all but the numbers.
///
/// Every field was checked when it was read.
public struct ModelDescription: Sendable, Encodable {
  /// Version of the description's own form.
  public let format: Int
  /// Short name: letters, digits, dots, dashes, underscores.
  public let name: String
  /// Name for people, one line.
  public let title: String
  /// The time-frequency grid the model was trained on.
  public let grid: Grid
  /// What a frame becomes before the first layer.
  public let input: Input
  /// The layers, first to last; their widths chain.
  public let layers: [Layer]
  /// What the last layer's outputs mean.
  public let output: Output
  /// How the weights came to be; free-form.
  public let training: JSON
  /// What was measured; free-form.
  public let quality: JSON
  /// Terms of code, weights and data; free-form.
  public let licence: [String: String]

  /// The time-frequency grid: sample rate in hertz, window and hop in samples at that rate.
  public struct Grid: Sendable, Encodable, Equatable {
    /// Sample rate in hertz.
    public let rate: Int
    /// Window length in samples, even.
    public let window: Int
    /// Hop in samples, at most half a window.
    public let hop: Int
    /// The analysis window.
    public let shape: WindowShape
    /// Bins of a frame, DC and Nyquist included (513 for a window of 1024).
    public var bins: Int { window / 2 + 1 }
  }

  /// Shapes of an analysis window.
  public enum WindowShape: String, Sendable, Encodable, CaseIterable {
    /// Square root of the periodic Hann window, `sin(πn/N)`.
    case squareRootHann = "square-root-hann"
    /// The periodic Hann window, `sin²(πn/N)`.
    case hann
  }

  /// What a frame becomes before the first layer: `magnitude / level * scale`, with its neighbours.
  public struct Input: Sendable, Encodable {
    /// What is taken of a bin.
    public let feature: Feature
    /// The factor behind the level.
    public let scale: Double
    /// Neighbouring frames.
    public let context: Context
    /// What the magnitudes are divided by.
    public let level: Level
    /// What is taken of a bin.
    public enum Feature: String, Sendable, Encodable, CaseIterable {
      /// Its magnitude, no logarithm.
      case magnitude
    }
  }

  /// Frames before and after the estimated one that the first layer sees beside it.
  public struct Context: Sendable, Encodable {
    /// Frames before.
    public let past: Int
    /// Frames after: the model's look-ahead.
    public let future: Int
    /// Frames in all.
    public var frames: Int { past + 1 + future }
  }

  /// The running level that makes a model deaf to volume.
  public struct Level: Sendable, Encodable {
    /// How it runs.
    public let kind: Kind
    /// Time constant in seconds.
    public let seconds: Double
    /// Frames below this power do not count, in dB below a full-scale square wave.
    public let floor: Double
    /// How a level runs.
    public enum Kind: String, Sendable, Encodable, CaseIterable {
      /// Root of the gated, exponentially weighted mean power.
      case runningRMS = "running-rms"
    }
  }

  /// One layer.
  public struct Layer: Sendable, Encodable {
    /// Which arithmetic it does.
    public let kind: Kind
    /// Its tensors are called `<name>.weight` and `<name>.bias`.
    public let name: String
    /// Width of its input.
    public let inputs: Int
    /// Width of its output.
    public let outputs: Int
    /// Applied to every output.
    public let activation: Activation
    /// Which arithmetic a layer does.
    public enum Kind: String, Sendable, Encodable, CaseIterable {
      /// `activation(W x + b)`.
      case dense
    }
  }

  /// What the last layer's outputs mean.
  public struct Output: Sendable, Encodable {
    /// What they are.
    public let kind: Kind
    /// In which order the two halves stand.
    public let sources: [String]
    /// How they become a mask.
    public let mask: Mask
    /// The power to which both are raised in the mask.
    public let exponent: Double
    /// What the outputs are.
    public enum Kind: String, Sendable, Encodable, CaseIterable {
      /// A magnitude a bin for each of two sources, up to the sign.
      case twoSourceMagnitudes = "two-source-magnitudes"
    }
    /// How outputs become a mask.
    public enum Mask: String, Sendable, Encodable, CaseIterable {
      /// Voice's share: `|v|^e / (|v|^e + |a|^e)`.
      case soft
    }
  }

  /// Weights and biases of all layers.
  public var parameters: Int { layers.reduce(0) { $0 + $1.outputs * ($1.inputs + 1) } }
  /// Frames by which an estimate lags behind the newest frame.
  public var lookAhead: Int { input.context.future }
}
