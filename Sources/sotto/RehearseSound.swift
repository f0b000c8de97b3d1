internal import Sound

/// A recording as a daemon can be given it: at the server's rate, a channel for each of its inputs.
struct RehearseSound {
  /// One array a channel.
  let samples: [[Float]]
  /// The file's own rate in Hz.
  let fileRate: Int
  /// The file's own channels.
  let fileChannels: Int

  /// The longest recording that is played, in seconds: it is held in memory, with what is recorded of it.
  static let longest = 1800.0

  /// Reads the file at `path`.
  ///
  /// A single channel goes to every input; of more channels than there are inputs, the first ones are played.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - rate: The server's rate in Hz.
  ///   - channels: The daemon's inputs.
  ///   - seconds: How much of it to read, from the beginning; all of it if `nil`.
  init(path: String, rate: Int, channels: Int, seconds: Double?) throws {
    var reader = try SoundReader(path: path)
    let length = Double(reader.frames) / Double(reader.sampleRate)
    guard seconds != nil || length <= Self.longest else {
      throw Failure(
        status: 65, "'\(path)' is \(decimal(length)) s long, more than \(decimal(Self.longest)) s: use --seconds")
    }
    let wanted = min(seconds.map { Int($0 * Double(reader.sampleRate)) } ?? reader.frames, reader.frames)
    var read = [[Float]](repeating: [Float](repeating: 0, count: wanted), count: reader.channels)
    guard wanted > 0, try reader.read(planar: &read) > 0 else {
      throw Failure(status: 65, "'\(path)' has no sound in it")
    }
    fileRate = reader.sampleRate
    fileChannels = reader.channels
    let conversion = RateConversion(from: reader.sampleRate, to: rate)
    let converted = read.prefix(channels).map { conversion.convert($0) }
    samples = (0..<channels).map { converted[min($0, converted.count - 1)] }
  }
}
