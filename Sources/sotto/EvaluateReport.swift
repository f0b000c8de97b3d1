internal import Evaluation

/// The report (HTML): what was measured as tables and box plots, and some clips to see and hear.
enum EvaluateReport {
  /// Writes the page; the clips shown are separated once more, which gives the same stems.
  ///
  /// - Throws: ``Failure`` where the user ended it, or a clip cannot be read any more.
  static func make(
    _ result: EvaluateResult, clips: [EvaluateClip], systems: [EvaluateSystem], show: Int, atOnce count: Int
  ) async throws(Failure) -> String {
    var page = Page(title: "Separation, measured")
    page.body.append(
      "<p>\(result.clips) \(result.clips == 1 ? "clip" : "clips"), \(decimal(result.seconds)) s, sotto \(escaped(result.version))."
        + " All figures in dB.</p><p class=\"small\">\(escaped(result.method)). Leakage: the stem's level where its"
        + " source is silent, relative to the mixture there. Presets ran through the engine as it plays.</p>")
    page.add(table: summary(of: result))
    page.body.append("<h2>Over the clips</h2>")
    page.body += ["<div class=\"plots\">"] + plots(of: result) + ["</div>"]
    addScores(of: result, to: &page)
    addLosses(of: result, to: &page)
    let chosen = choice(of: result, show: show)
    if !chosen.isEmpty {
      page.body.append("<h2>Clips</h2>")
      let range = decimal(SpectrogramPicture.range, 0)
      page.body.append(
        "<p class=\"small\">Chosen by \(escaped(result.systems[0].name))'s voice NSDR. Spectrograms up to"
          + " \(decimal(EvaluateClipReport.highest / 1000, 0)) kHz or the clip's band, \(range) dB below the mixture's"
          + " loudest point to it; masks are the voice's share in both stems, 0 to 1.</p>")
      page.body += try await shown(chosen, result, clips: clips, systems: systems, atOnce: count)
    }
    return page.html
  }

  private static func summary(of result: EvaluateResult) -> [[String]] {
    var rows = [
      [
        "", "", "GNSDR", "GSIR", "GSAR", "ISR", "v4 SDR", "v4 ISR", "v4 SIR", "v4 SAR", "uSDR", "SI-SDR",
        "leakage", "pauses",
      ]
    ]
    for system in result.systems {
      for (stem, figures) in [("voice", system.voice), ("accompaniment", system.accompaniment)] {
        let numbers = [
          figures.nsdr, figures.sir, figures.sar, figures.images?.isr, figures.v4?.sdr,
          figures.v4?.isr, figures.v4?.sir, figures.v4?.sar, figures.usdr, figures.siSDR, figures.leakage,
        ]
        rows.append([system.name, stem] + numbers.map(words) + [decimal(figures.leakageSeconds) + " s"])
      }
    }
    return rows
  }

  private static func words(_ figure: Double?) -> String { figure.map { decimal($0, 2) } ?? "–" }

  private static func plots(of result: EvaluateResult) -> [String] {
    let figures: [(String, (EvaluateFigures) -> Double?)] = [("NSDR", \.nsdr), ("SIR", \.sir), ("SAR", \.sar)]
    return figures.flatMap { name, figure in
      ["voice", "accompaniment"].map { stem in
        BoxPlot(
          title: "\(stem), \(name) in dB",
          rows: result.systems.map { system in
            (system.name, system.scores.compactMap { figure(stem == "voice" ? $0.voice : $0.accompaniment) })
          }
        ).svg
      }
    }
  }

  private static func addScores(of result: EvaluateResult, to page: inout Page) {
    for system in result.systems where !system.scores.isEmpty {
      page.body.append("<details><summary>Every clip of \(escaped(system.name))</summary>")
      var rows = [["clip", "stem", "NSDR", "SIR", "SAR", "v4 SDR", "uSDR", "SI-SDR", "leakage"]]
      for score in system.scores {
        for (stem, figures) in score.stems {
          let numbers = [
            figures.nsdr, figures.sir, figures.sar, figures.v4?.sdr, figures.usdr, figures.siSDR, figures.leakage,
          ]
          rows.append([score.clip, stem] + numbers.map(words))
        }
      }
      page.add(table: rows)
      page.body.append("</details>")
    }
  }

  private static func addLosses(of result: EvaluateResult, to page: inout Page) {
    guard !result.failures.isEmpty else { return }
    page.body.append("<h2>Not measured</h2>")
    page.add(table: [["clip", "system", "why"]] + result.failures.map { [$0.clip, $0.system ?? "all", $0.message] })
  }

  /// So many clips of the first system from its worst voice to its best, the median among them.
  static func choice(of result: EvaluateResult, show: Int) -> [(rank: String, clip: String)] {
    let sorted = (result.systems.first?.scores ?? []).sorted {
      ($0.voice.nsdr ?? -.infinity) < ($1.voice.nsdr ?? -.infinity)
    }
    let count = min(show, sorted.count)
    // A single one is the median.
    let places = (0..<count).map { count == 1 ? sorted.count / 2 : $0 * (sorted.count - 1) / (count - 1) }
    return places.enumerated().map { index, place in
      let rank =
        switch index {
        case 0 where count > 1: "worst"
        case count - 1 where count > 1: "best"
        case _ where 2 * index == count - 1: "median"
        default: "\(place + 1) of \(sorted.count)"
        }
      return (rank, sorted[place].clip)
    }
  }

  private static func shown(
    _ chosen: [(rank: String, clip: String)], _ result: EvaluateResult, clips: [EvaluateClip],
    systems: [EvaluateSystem], atOnce count: Int
  ) async throws(Failure) -> [String] {
    let wanted = chosen.compactMap { choice in
      clips.first { $0.name == choice.clip }.map { EvaluateClipReport(clip: $0, rank: choice.rank, systems: systems) }
    }
    let queue = JobQueue(titles: wanted.map(\.clip.name)) { index, progress throws(Failure) in
      try wanted[index].make(of: result, progress: &progress)
    }
    var parts: [String] = []
    var first: Failure?
    let isWhole = await queue.run(atOnce: count) { _, outcome in
      switch outcome {
      case .success(let part): parts.append(part)
      case .failure(let failure): first = first ?? failure
      }
    }
    if let first { throw first }
    if !isWhole { throw .interrupted }
    return parts
  }
}
