internal import CRealtime
internal import Realtime
internal import Spectral

/// Turns the complex spectrum of a voice into its ratio to the mixture, the form in which it reaches the audio half, or
/// into its share of it, a mask.
///
/// `voice = ratio · mixture`, bin by bin, and the audio half has the same mixture to the bit, so nothing is lost on the
/// way but what the limit takes. In return silence in stays silence out, one ratio from the mean of the channels serves
/// each of them, and a late frame has something to hold that fits its own sound.
@safe
struct ComplexRatio: ~Copyable, Sendable {
  /// No ratio is larger: only where voice and accompaniment all but cancel is the voice 24 dB above the mixture.
  ///
  /// Of two songs' true voices this takes -47 and -54 dB. Of what TDC-17 makes of them it takes -43 dB, nearly all of it
  /// noise in bins that the recording left empty, and its separation changes by 0.0002 dB. In return an estimator gone
  /// mad stays within 24 dB of the mixture.
  static var limit: Float { @_noLocks get { 16 } }
  /// Below this power, 300 dB under that of a full-scale sample, a bin holds nothing to divide by.
  private static var nothing: Float { @_noLocks get { 1e-30 } }

  private let planes: Int
  private let channels: Int
  private let bins: Int
  private let lookAhead: Int
  private let mixtures: SpectrumLine
  private var observed = 0

  /// Prepares for an estimator that looks `lookAhead` frames ahead.
  ///
  /// - Parameters:
  ///   - planes: 1 for a voice estimated from the mean of all channels, or one a channel.
  ///   - channels: The channels of the mixture.
  ///   - bins: The bins of a spectrum.
  ///   - lookAhead: How many frames after a frame its voice is known.
  init(planes: Int, channels: Int, bins: Int, lookAhead: Int) {
    self.planes = planes
    self.channels = channels
    self.bins = bins
    self.lookAhead = lookAhead
    mixtures = SpectrumLine(frames: lookAhead + 1, channels: planes, bins: bins)
  }

  /// Remembers the spectra of all channels of the next frame for as long as the estimator may come back to it.
  ///
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  mutating func observe(_ spectra: UnsafePointer<Float>) {
    let stride = Transform.stride(bins: bins)
    for plane in 0..<planes {
      let mixture = unsafe mixtures.spectrum(frame: observed, channel: plane)
      if planes == channels {
        unsafe rt_copy(spectra + plane &* stride, mixture, 2 &* bins)
      } else {
        let share = 1 / Float(channels)
        for i in 0..<2 &* bins {
          var sum: Float = 0
          for channel in 0..<channels { unsafe sum += spectra[channel &* stride &+ i] }
          unsafe mixture[i] = sum * share
        }
      }
    }
    observed &+= 1
  }

  /// The frame whose voice comes with the newest; before there is one, the first.
  private var frame: Int { @_noLocks get { max(0, observed &- 1 &- lookAhead) } }

  /// Replaces the voice's spectra of the frame observed ``lookAhead`` frames ago by their ratio to the mixture.
  ///
  /// What is not a number, or has no mixture to be a part of, becomes 0.
  ///
  /// - Parameter voice: Complex bins × planes.
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func divide(_ voice: UnsafeMutablePointer<Float>) {
    for plane in 0..<planes {
      let mixture = unsafe mixtures.spectrum(frame: frame, channel: plane)
      unsafe rt_complex_ratio(voice + plane &* 2 &* bins, mixture, Self.limit, Self.nothing, bins)
    }
  }

  /// Writes the share `|V| / (|V| + |X - V|)` that the voice's spectra have of the frame observed ``lookAhead`` frames ago.
  ///
  /// What is not a number, or has neither voice nor mixture, becomes 0.
  ///
  /// - Parameters:
  ///   - voice: Complex bins × planes.
  ///   - masks: Room for bins × planes.
  /// - Real-time: Wait-free.
  @_noLocks @unsafe
  func share(of voice: UnsafePointer<Float>, into masks: UnsafeMutablePointer<Float>) {
    for plane in 0..<planes {
      let mixture = unsafe mixtures.spectrum(frame: frame, channel: plane)
      let spectrum = unsafe voice + plane &* 2 &* bins
      let mask = unsafe masks + plane &* bins
      for bin in 0..<bins {
        let (a, b) = unsafe (spectrum[2 &* bin], spectrum[2 &* bin &+ 1])
        let (c, d) = unsafe (mixture[2 &* bin] - a, mixture[2 &* bin &+ 1] - b)
        let own = rt_sqrt(a * a + b * b)
        let share = own / (own + rt_sqrt(c * c + d * d))
        // False also for what is not a number.
        unsafe mask[bin] = share >= 0 ? share : 0
      }
    }
  }
}
