internal import Evaluation

/// One clip, measured with every system: what its references cost is paid once.
struct EvaluateJob: Sendable {
  let clip: EvaluateClip
  let systems: [EvaluateSystem]

  /// What became of a clip.
  struct Outcome: Sendable {
    /// A result for each system.
    var results: [Result<Measured, Failure>]
    var seconds: Double
    var cost: EvaluateCost
  }

  /// A score, and what has to be added up over clips before it is a figure.
  struct Measured: Sendable {
    var score: EvaluateScore
    var voiceLeakage: Leakage
    var accompanimentLeakage: Leakage
  }

  /// Reads, separates and measures the clip; a system that fails does not lose the others' figures.
  ///
  /// - Throws: ``Failure`` where the clip itself is of no use.
  func run(progress: inout ProgressPart) throws(Failure) -> Outcome {
    var cost = EvaluateCost()
    var mark = BenchPace.threadSeconds
    func lap() -> Double {
      let now = BenchPace.threadSeconds
      defer { mark = now }
      return now - mark
    }
    let sound = try EvaluateSound(clip)
    let seconds = Double(sound.frames) / Double(sound.rate)
    cost.reading = lap()
    let references: References
    let mixture: [Double]
    do {
      references = try References([sound.voice, sound.accompaniment])
      mixture = try references.sdr(of: sound.mixture)
    } catch {
      throw Failure(status: 65, "\(clip.name): \(error)")
    }
    cost.measuring = lap()
    var results: [Result<Measured, Failure>] = []
    for (index, system) in systems.enumerated() {
      if Interruption.came { throw Failure.interrupted }
      do throws(Failure) {
        let stems = try system.stems(of: sound, named: clip.name) { share in
          let all = (Double(index) + share) / Double(systems.count)
          progress.show(all, seconds: all * seconds * Double(systems.count))
        }
        cost.separating += lap()
        results.append(.success(try measured(stems, of: sound, references, mixture)))
        cost.measuring += lap()
      } catch {
        if error.status == Failure.interrupted.status { throw error }
        results.append(.failure(error))
      }
    }
    return Outcome(results: results, seconds: seconds, cost: cost)
  }

  private func measured(
    _ stems: EvaluateSystem.Stems, of sound: EvaluateSound, _ references: References, _ mixture: [Double]
  ) throws(Failure) -> Measured {
    let figures: [SourceFigures]
    do {
      figures = try references.measure([stems.voice, stems.accompaniment], window: sound.rate)
    } catch {
      throw Failure(status: 65, "\(clip.name): \(error)")
    }
    func leakage(_ stem: [[Float]], _ reference: [[Float]]) -> Leakage {
      Leakage(of: stem, reference: reference, mixture: sound.mixture, rate: sound.rate)
    }
    let (voice, accompaniment) = (
      leakage(stems.voice, sound.voice), leakage(stems.accompaniment, sound.accompaniment)
    )
    return Measured(
      score: EvaluateScore(
        clip: clip.name, rate: sound.rate, samples: sound.frames,
        voice: EvaluateFigures(
          figures[0], mixture: mixture[0], siSDR: scaleInvariantSDR(of: stems.voice, against: sound.voice),
          leakage: voice),
        accompaniment: EvaluateFigures(
          figures[1], mixture: mixture[1],
          siSDR: scaleInvariantSDR(of: stems.accompaniment, against: sound.accompaniment), leakage: accompaniment)),
      voiceLeakage: voice, accompanimentLeakage: accompaniment)
  }
}

/// Processor time in seconds.
struct EvaluateCost: Encodable, Sendable {
  var reading = 0.0
  var separating = 0.0
  var measuring = 0.0

  static func + (a: EvaluateCost, b: EvaluateCost) -> EvaluateCost {
    EvaluateCost(
      reading: a.reading + b.reading, separating: a.separating + b.separating, measuring: a.measuring + b.measuring)
  }
}
