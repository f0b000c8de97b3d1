internal import Control

/// What `sotto monitor` shows: the latest levels and figures, as a picture for a terminal or as a line for a file.
struct MonitorPicture {
  private var statistics: Statistics
  private var meters: Meters?
  private var lastEvent = ""
  private var drawnLines = 0

  init(_ status: Status) { statistics = Statistics(status) }

  mutating func take(_ notice: Notice) {
    switch notice {
    case .meters(let meters): self.meters = meters
    case .statistics(let statistics): self.statistics = statistics
    case .event(let event): lastEvent = event.message
    }
  }

  /// Peaks of all channels and the figures, on one line.
  var line: String {
    let levels = rows.map { name, channels in
      "\(name) \(channels.map { Self.figure($0.peak) }.joined(separator: " "))"
    }
    return (levels + [figures]).joined(separator: "  ")
  }

  /// The bytes that draw the picture over the one before.
  mutating func redrawn(on terminal: Terminal) -> String {
    var lines = ["\(statistics.preset ?? "no preset"), \(statistics.state.rawValue)  \(figures)"]
    for (name, channels) in rows {
      for (number, level) in channels.enumerated() {
        lines.append(bar("\(name) \(number + 1)", level, columns: terminal.columns, colour: terminal.hasColour))
      }
    }
    lines.append(lastEvent)
    // Up to the first line, then each line anew; what was longer before is wiped away, below as well.
    let up = drawnLines > 0 ? "\u{1B}[\(drawnLines)A\r" : ""
    drawnLines = lines.count
    return up + lines.map { Self.cut($0, terminal.columns) + "\u{1B}[K\n" }.joined() + "\u{1B}[J"
  }

  private var rows: [(String, [Meters.Level])] {
    guard let meters else { return [] }
    return [("in", meters.input), ("voice", meters.voice), ("accompaniment", meters.accompaniment)]
  }

  private var figures: String {
    let load = statistics.load.map { "load \(percent($0))  " } ?? ""
    return "\(load)late \(statistics.lateFrames)  xruns \(statistics.xruns)"
  }

  /// `=` up to the mean level and `-` from there to the peak, over 60 decibels; red from -1, yellow from -12.
  private func bar(_ name: String, _ level: Meters.Level, columns: Int, colour: Bool) -> String {
    let width = max(10, columns - 30)
    func cells(_ level: Decibels) -> Int {
      level.value.isFinite ? min(width, max(0, Int((level.value + 60) / 60 * Double(width)))) : 0
    }
    let mean = cells(level.rms)
    let peak = max(mean, cells(level.peak))
    var bar = String(repeating: "=", count: mean) + String(repeating: "-", count: peak - mean)
    let rest = String(repeating: " ", count: width - peak)
    if colour {
      let code = level.peak.value > -1 ? 31 : level.peak.value > -12 ? 33 : 32
      bar = "\u{1B}[\(code)m\(bar)\u{1B}[0m"
    }
    return "\(name)".padded(to: 16) + bar + rest + " " + Self.figure(level.peak).padded(to: 6, left: true) + " dB"
  }

  private static func figure(_ level: Decibels) -> String { level.value.isFinite ? decimal(level.value) : "-inf" }

  /// A line without colours that would run over the edge is cut; one with colours is made to fit.
  private static func cut(_ line: String, _ columns: Int) -> String {
    line.contains("\u{1B}") ? line : String(line.prefix(columns - 1))
  }
}

extension String {
  fileprivate func padded(to width: Int, left: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - count))
    return left ? space + self : self + space
  }
}
