internal import CRealtime

/// Makes masks, or spectra in the units of the input, of what the last layer gives.
struct OutputStage {
  /// How many numbers the result has.
  let width: Int
  /// Frames by which the result lags behind the newest one that the context admits.
  let delay: Int
  /// Whether the result depends on the frame itself, not on the layers alone.
  let readsInput: Bool
  private let kind: ModelDescription.Output.Kind
  private let mask: ModelDescription.Output.Mask
  private let exponent: Float
  private let bins: Int
  private let voiceFirst: Bool

  init(_ description: ModelDescription) {
    kind = description.output.kind
    mask = description.output.mask
    readsInput = kind == .voiceMagnitude || kind == .twoSourceMagnitudes && mask == .independent
    exponent = Float(description.output.exponent)
    bins = description.grid.bins
    width = (kind == .spectrum ? description.input.rows : description.input.masks) * description.grid.bins
    voiceFirst = description.output.sources.first == "voice"
    delay = description.output.delay
  }

  /// Writes the mask, masks or spectrum for the layers' result `values`.
  ///
  /// - Parameters:
  ///   - input: The frame that the result belongs to, as the layers saw it.
  ///   - factor: What that frame was multiplied by.
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func apply(
    _ values: UnsafePointer<Float>, input: UnsafePointer<Float>, factor: Float,
    into result: UnsafeMutablePointer<Float>
  ) {
    switch kind {
    case .spectrum:
      unsafe rt_scale(values, factor > 0 ? 1 / factor : 0, result, width)
      return
    case .mask: unsafe rt_copy(values, result, width)
    case .twoSourceMagnitudes:
      let (first, second) = unsafe (values, values + bins)
      let (voice, accompaniment) = unsafe voiceFirst ? (first, second) : (second, first)
      if isIndependent {
        unsafe divide(voice, by: input, into: result)
      } else {
        unsafe rt_soft_mask(accompaniment, voice, exponent, result, bins)
      }
    case .voiceMagnitude: unsafe divide(values, by: input, into: result)
    }
    unsafe rt_clip(result, 0, 1, width)
    switch mask {
    // Whoever uses a probability sets the threshold.
    case .soft, .independent, .probabilistic: break
    case .binary: for index in 0..<width { unsafe result[index] = result[index] > 0.5 ? 1 : 0 }
    }
  }

  private var isIndependent: Bool {
    @_noLocks get {
      switch mask {
      case .independent: true
      case .soft, .binary, .probabilistic: false
      }
    }
  }

  /// `|v|^e / x^e`.
  @_noLocks @unsafe
  private func divide(
    _ voice: UnsafePointer<Float>, by input: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>
  ) {
    for bin in 0..<bins {
      let (v, x) = unsafe (voice[bin], input[bin])
      let ratio = (v < 0 ? -v : v) / (x + 1e-10)
      unsafe result[bin] = exponent == 1 ? ratio : rt_pow(ratio, exponent)
    }
  }
}
