extension EvaluateResult {
  /// The table for people: a row for each system and stem.
  var words: String {
    var rows = [
      ["", "stem", "GNSDR", "GSIR", "GSAR", "SDR v4", "SIR v4", "SAR v4", "uSDR", "SI-SDR", "leakage"]
    ]
    for system in systems {
      for (stem, figures) in [("voice", system.voice), ("accompaniment", system.accompaniment)] {
        rows.append(
          [stem == "voice" ? system.name : "", stem]
            + [
              figures.nsdr, figures.sir, figures.sar, figures.v4?.sdr, figures.v4?.sir, figures.v4?.sar, figures.usdr,
              figures.siSDR, figures.leakage,
            ].map { $0.map { decimal($0, 2) } ?? "–" })
      }
    }
    let pauses = systems.first.map {
      "pauses that leakage is of: \(decimal($0.voice.leakageSeconds)) s without voice, "
        + "\(decimal($0.accompaniment.leakageSeconds)) s without accompaniment"
    }
    return """
      \(clips) \(clips == 1 ? "clip" : "clips"), \(decimal(seconds)) s, in \(decimal(elapsed)) s; all figures in dB
      \(table(rows))
      \(pauses ?? "")

      """
  }

  /// A line for each clip, system and stem, with the names on the first; figures that there are not are empty.
  var csv: String {
    var lines = [
      "system,kind,clip,rate,samples,stem,nsdr,sdr,sir,sar,images_sdr,images_isr,images_sir,images_sar,"
        + "v4_sdr,v4_isr,v4_sir,v4_sar,usdr,si_sdr,leakage,leakage_seconds"
    ]
    for system in systems {
      for score in system.scores {
        for (stem, figures) in score.stems {
          let (images, v4) = (figures.images, figures.v4)
          let numbers: [Double?] = [
            figures.nsdr, figures.sdr, figures.sir, figures.sar, images?.sdr, images?.isr, images?.sir, images?.sar,
            v4?.sdr, v4?.isr, v4?.sir, v4?.sar, figures.usdr, figures.siSDR, figures.leakage, figures.leakageSeconds,
          ]
          let words = [system.name, system.kind, score.clip, "\(score.rate)", "\(score.samples)", stem]
          lines.append((words.map(Self.cell) + numbers.map { $0.map { decimal($0, 6) } ?? "" }).joined(separator: ","))
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// In quotes where it has to be (RFC 4180).
  private static func cell(_ text: String) -> String {
    guard text.contains(where: { "\",\n\r".contains($0) }) else { return text }
    return "\"" + text.map { $0 == "\"" ? "\"\"" : "\($0)" }.joined() + "\""
  }
}
