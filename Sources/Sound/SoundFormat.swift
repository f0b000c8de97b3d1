internal import CSndfile

/// How a written file holds its samples.
///
/// The raw values are the words that a command line takes.
public enum SoundFormat: String, Sendable, CaseIterable {
  /// WAV, 32-bit float: every sample as it was computed, also beyond full scale.
  case float
  /// WAV, 24-bit integers.
  case pcm24
  /// WAV, 16-bit integers.
  case pcm16
  /// FLAC, 24-bit integers, packed without loss; at most 8 channels.
  case flac24
  /// FLAC, 16-bit integers, packed without loss; at most 8 channels.
  case flac16

  /// The ending of a file's name, without the dot.
  public var fileExtension: String {
    switch self {
    case .float, .pcm24, .pcm16: "wav"
    case .flac24, .flac16: "flac"
    }
  }

  /// The bits of an integer sample, `nil` for floats.
  ///
  /// Samples beyond full scale are limited to it and rounded to the nearest integer, so that a file of the same depth
  /// comes through a reader and a writer unchanged.
  public var integerBits: Int? {
    switch self {
    case .float: nil
    case .pcm24, .flac24: 24
    case .pcm16, .flac16: 16
    }
  }

  /// The container and encoding as libsndfile numbers them.
  ///
  /// WAV is opened as RF64, which has room for more than 4 GiB; libsndfile makes plain WAV of it on closing when it
  /// turned out shorter.
  var code: Int32 {
    let container = fileExtension == "wav" ? SF_FORMAT_RF64 : SF_FORMAT_FLAC
    let encoding =
      switch integerBits {
      case 16: SF_FORMAT_PCM_16
      case 24: SF_FORMAT_PCM_24
      default: SF_FORMAT_FLOAT
      }
    return Int32(container | encoding)
  }
}
