public import Text

/// What a weights file says about its model: all but the numbers.
///
/// Every field was checked when it was read.
public struct ModelDescription: Sendable, Encodable {
  /// Short name: letters, digits, dots, dashes, underscores.
  public let name: String
  /// Name for people, one line.
  public let title: String
  /// The time-frequency grid the model was trained on.
  public let grid: Grid
  /// What a frame becomes before the first layer.
  public let input: Input
  /// What the layers are arranged for.
  public let arrangement: Arrangement
  /// Whether the file has another arrangement for recordings.
  public let hasFiles: Bool
  /// The layers, in the order in which they run; the last one's result is the model's.
  public let layers: [Layer]
  /// What the last layer's outputs mean.
  public let output: Output
  /// How the weights came to be; free-form.
  public let training: JSON
  /// What was measured; free-form.
  public let quality: JSON
  /// Terms of code, weights and data; free-form.
  public let licence: [String: String]

  /// What layers are arranged for, over the same tensors.
  public enum Arrangement: String, Sendable, Encodable, CaseIterable {
    /// What plays: results soon, a little of the work at a time.
    case live
    /// Recordings, all of which is there: results may wait, and need less work.
    case files
  }

  /// The time-frequency grid: sample rate in hertz, window and hop in samples at that rate.
  public struct Grid: Sendable, Encodable, Equatable {
    /// Sample rate in hertz.
    public let rate: Int
    /// Window length in samples, even.
    public let window: Int
    /// Hop in samples, at most three quarters of a window; at most half of a low-delay one.
    public let hop: Int
    /// The windows.
    public let shape: WindowShape
    /// Bins of a frame, DC and Nyquist included (513 for a window of 1024).
    public var bins: Int { window / 2 + 1 }
  }

  /// Shapes of the windows.
  public enum WindowShape: String, Sendable, Encodable, CaseIterable {
    /// Square root of the periodic Hann window, `sin(πn/N)`.
    case squareRootHann = "square-root-hann"
    /// The periodic Hann window, `sin²(πn/N)`.
    case hann
    /// A long analysis window, whose product with a synthesis window of two hops is a Hann window.
    case lowDelay = "low-delay"
    /// The same with the square of that analysis window.
    case lowDelayHann = "low-delay-hann"

    /// Whether the sound is whole two hops after it came, however long the window.
    var isLowDelay: Bool { self == .lowDelay || self == .lowDelayHann }
  }

  /// What a frame becomes before the first layer: a feature over the level times the scale, with its neighbours.
  public struct Input: Sendable, Encodable {
    /// What is taken of a bin.
    public let feature: Feature
    /// How many channels the model sees together: 1 or 2 of a spectrum, 2 as mid and side, otherwise 1.
    public let channels: Int
    /// The factor behind the level.
    public let scale: Double
    /// Neighbouring frames.
    public let context: Context
    /// What the frame is divided by.
    public let level: Level
    /// What is taken of a bin.
    public enum Feature: String, Sendable, Encodable, CaseIterable {
      /// Its magnitude over the sum of the window.
      case magnitude
      /// Its magnitude as the transform gives it.
      case rawMagnitude = "raw-magnitude"
      /// Its real and its imaginary part as the transform gives them, channel by channel.
      case spectrum
      /// Its magnitude in the mean of a pair of channels and in half their difference, each over the sum of the window.
      case midSide = "mid-side"
    }
    /// How many rows of bins a frame has.
    var rows: Int {
      switch feature {
      case .magnitude, .rawMagnitude: 1
      case .spectrum: 2 * channels
      case .midSide: 2
      }
    }
    /// How many masks the model gives for a frame, where it gives masks.
    var masks: Int { feature == .midSide ? 2 : 1 }
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
  public enum Level: Sendable, Encodable {
    /// None: the model hears how loud it is.
    case none
    /// The root of the gated, exponentially weighted mean power, with a time constant in seconds; frames below the
    /// floor, in dB below a full-scale square wave, do not count.
    case runningRMS(seconds: Double, floor: Double)
  }

  /// One layer.
  public struct Layer: Sendable, Encodable {
    /// Which arithmetic it does, for example `dense`.
    public let kind: String
    /// Its tensors are called `<name>.weight` and so on.
    public let name: String
    /// The shape of its result, outermost axis first.
    public let shape: [Int]
    /// Its weights and biases.
    public let parameters: Int
    let form: any LayerForm
    let sources: [Source]
    /// When it runs; between its runs it keeps its result.
    let schedule: Schedule

    private enum CodingKeys: String, CodingKey { case kind, name, shape, parameters }
  }

  /// Where a layer takes an input from.
  enum Source: Sendable, Equatable {
    /// The frame.
    case input
    /// The result of a layer.
    case result(Int)
    /// What a layer remembers, the `state`-th of it.
    case state(layer: Int, state: Int)
  }

  /// What the last layer's outputs mean.
  public struct Output: Sendable, Encodable {
    /// What they are.
    public let kind: Kind
    /// In which order two sources stand; empty where there is but the voice.
    public let sources: [String]
    /// How they become a mask.
    public let mask: Mask
    /// The power to which magnitudes are raised in the mask.
    public let exponent: Double
    /// Frames by which the result lags behind the newest frame that the context admits.
    public let delay: Int
    /// What the outputs are.
    public enum Kind: String, Sendable, Encodable, CaseIterable {
      /// The voice's mask, a number a bin; of mid and side a mask each.
      case mask
      /// A magnitude a bin for each of two sources, up to the sign.
      case twoSourceMagnitudes = "two-source-magnitudes"
      /// The voice's magnitude a bin, in the units of the input.
      case voiceMagnitude = "voice-magnitude"
      /// The voice's spectrum in the units of the input: real and imaginary parts, channel by channel.
      case spectrum
    }
    /// How outputs become a mask.
    public enum Mask: String, Sendable, Encodable, CaseIterable {
      /// The voice's share: `|v|^e / (|v|^e + |a|^e)`; a mask as it stands.
      case soft
      /// 1 where the voice's share is over a half.
      case binary
      /// 1 where the voice's share, or probability, is over a threshold that the operator sets.
      case probabilistic
      /// The voice's part of the input, `|v|^e / x^e`, whatever the other source is.
      case independent
    }
  }

  /// Weights and biases of all layers.
  public var parameters: Int { layers.reduce(0) { $0 + $1.parameters } }
  /// Frames after which the same layers are due again.
  public var cycle: Int { layers.reduce(1) { max($0, $1.schedule.every) } }
  /// Frames by which an estimate lags behind the newest frame.
  public var lookAhead: Int { input.context.future + output.delay }
  /// Multiplications a frame, in the mean.
  public var multiplications: Int { layers.reduce(0) { $0 + $1.form.multiplications / $1.schedule.every } }
}
