/// How loud input and stems were since the last message.
public struct Meters: Codable, Sendable, Equatable {
  /// How loud one channel was.
  public struct Level: Codable, Sendable, Equatable {
    /// The largest sample, in decibels relative to full scale.
    public var peak: Decibels
    /// The root of the mean square, in decibels relative to full scale.
    public var rms: Decibels

    /// Puts the two together.
    public init(peak: Decibels, rms: Decibels) {
      self.peak = peak
      self.rms = rms
    }
  }

  /// How many samples of each channel were measured.
  public var samples: Int
  /// The input, a level a channel.
  public var input: [Level]
  /// The voice.
  public var voice: [Level]
  /// The accompaniment.
  public var accompaniment: [Level]

  /// Puts measured levels together.
  public init(samples: Int, input: [Level], voice: [Level], accompaniment: [Level]) {
    self.samples = samples
    self.input = input
    self.voice = voice
    self.accompaniment = accompaniment
  }
}

extension Meters {
  /// These levels and later ones as one: no peak is lost for a client that wants fewer messages than are measured.
  ///
  /// When the number of channels has changed, the later ones stand alone.
  public func merged(with later: Meters) -> Meters {
    let total = samples + later.samples
    guard input.count == later.input.count, voice.count == later.voice.count, total > 0 else { return later }
    let share = Double(samples) / Double(total)
    func merge(_ a: [Level], _ b: [Level]) -> [Level] {
      zip(a, b).map { a, b in
        let power = share * a.rms.amplitude * a.rms.amplitude + (1 - share) * b.rms.amplitude * b.rms.amplitude
        return Level(
          peak: Decibels(Swift.max(a.peak.value, b.peak.value)), rms: Decibels(amplitude: power.squareRoot()))
      }
    }
    return Meters(
      samples: total, input: merge(input, later.input), voice: merge(voice, later.voice),
      accompaniment: merge(accompaniment, later.accompaniment))
  }
}
