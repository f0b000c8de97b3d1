internal import Realtime
internal import Spectral

/// Separates a recording of any length, block by block, with the engine that plays live.
///
/// Every mask is estimated before it is needed, so the stems are the same to the bit from run to run, on a machine of
/// any speed and however the recording is cut into blocks. The engine's delay is taken off: sample `n` of each stem
/// belongs to sample `n` of the recording, and the stems are as long as it is. Memory does not grow with its length.
///
/// - Thread: Any one at a time.
@safe
public struct OfflineSeparation: ~Copyable {
  /// A stretch of both stems, one array a channel, all of the same length.
  public struct Stems: Sendable, Equatable {
    /// The voice.
    public var voice: [[Float]]
    /// The recording without the voice: the two add up to it.
    public var accompaniment: [[Float]]

    /// Both stems, one array a channel each.
    public init(voice: [[Float]], accompaniment: [[Float]]) {
      self.voice = voice
      self.accompaniment = accompaniment
    }

    /// The length of the stretch in frames.
    public var frames: Int { voice.first?.count ?? 0 }
  }

  /// The samples that the engine is given at once; always whole ones, as its latency is computed for them.
  public static let period = 65536
  /// The most frames that are estimated together: a period has a few dozen, so that few batches are part empty.
  static let batch = 8

  /// The number of channels.
  public let channels: Int
  private var separator: Separator
  /// What the separator posts to, though nobody waits there; it must outlive the separator.
  private let wakes = (request: Wake(), arrival: Wake())
  private let planes: SampleBuffer
  private let inputs: UnsafeMutablePointer<UnsafePointer<Float>>
  private let outputs: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  /// Samples of the period that is being filled.
  private var filled = 0
  /// Samples of silence that the delay puts in front of the stems, and that are still to come.
  private var silence: Int
  private var received = 0
  private var given = 0

  /// Prepares to separate a recording.
  ///
  /// - Parameters:
  ///   - settings: What the preset says.
  ///   - rate: The rate of the recording in Hz.
  ///   - channels: Its channels, 1 or more.
  /// - Real-time: Not real-time: allocates.
  public init(settings: SeparatorSettings, rate: Int, channels: Int) {
    let parts = SeparatorParts(
      settings: settings, rate: rate, channels: channels, period: Self.period, slack: nil, batch: Self.batch,
      request: wakes.request, arrival: wakes.arrival)
    separator = parts.separator
    silence = separator.latency.samples
    self.channels = channels
    planes = SampleBuffer(count: 3 * channels * Self.period)
    unsafe inputs = .allocate(capacity: channels)
    unsafe outputs = .allocate(capacity: 2 * channels)
    for channel in 0..<channels {
      unsafe (inputs + channel).initialize(to: planes.base + channel * Self.period)
    }
    for plane in 0..<2 * channels {
      unsafe (outputs + plane).initialize(to: planes.base + (channels + plane) * Self.period)
    }
  }

  deinit {
    unsafe inputs.deallocate()
    unsafe outputs.deallocate()
  }

  /// Samples that came in as NaN, infinite or beyond any sound, and were taken as zero.
  public var nonFiniteSamples: Int { separator.nonFiniteSamples }

  /// Whether a sample is one, and not taken as zero.
  public static func isSound(_ sample: Float) -> Bool { Separator.isSound(sample) }

  /// Takes the next samples of the recording and gives what is known of the stems by now.
  ///
  /// - Parameters:
  ///   - recording: One array a channel.
  ///   - frames: How many samples of each to take.
  /// - Returns: The stretch of the stems that follows on the one before, often shorter than what was taken.
  /// - Real-time: Not real-time: allocates.
  public mutating func separate(_ recording: [[Float]], frames: Int) -> Stems {
    precondition(recording.count == channels, "\(recording.count) channels for \(channels)")
    received += frames
    var stems = none
    var offset = 0
    while offset < frames {
      let count = min(frames - offset, Self.period - filled)
      for channel in 0..<channels {
        let place = unsafe planes.base + channel * Self.period + filled
        for index in 0..<count { unsafe place[index] = recording[channel][offset + index] }
      }
      filled += count
      offset += count
      if filled == Self.period { runPeriod(into: &stems) }
    }
    return stems
  }

  /// Gives the end of the stems, after which they are as long as the recording.
  ///
  /// - Real-time: Not real-time: allocates.
  public mutating func finish() -> Stems {
    var stems = none
    while given < received {
      for channel in 0..<channels {
        let place = unsafe planes.base + channel * Self.period
        for index in filled..<Self.period { unsafe place[index] = 0 }
      }
      runPeriod(into: &stems)
    }
    return stems
  }

  private var none: Stems {
    let empty = [[Float]](repeating: [], count: channels)
    return Stems(voice: empty, accompaniment: empty)
  }

  /// Runs the engine on the period that is now full, and appends what belongs to the recording.
  private mutating func runPeriod(into stems: inout Stems) {
    unsafe separator.process(
      input: inputs, voice: outputs, dry: outputs + channels, offset: 0, count: Self.period, pace: .offline)
    filled = 0
    let first = min(silence, Self.period)
    silence -= first
    let count = min(Self.period - first, received - given)
    for channel in 0..<channels {
      let (voice, whole) = unsafe (outputs[channel] + first, outputs[channels + channel] + first)
      unsafe stems.voice[channel].append(contentsOf: UnsafeBufferPointer(start: voice, count: count))
      for index in 0..<count { unsafe stems.accompaniment[channel].append(whole[index] - voice[index]) }
    }
    given += count
  }
}
