internal import Control
internal import FoundationEssentials
private import Glibc

/// What a preset costs on this machine; the line of `--json`.
struct BenchResult: Encodable {
  var preset: String
  var processor: String
  var processors: Int
  /// How many programs wanted to run in the minute before, in the mean: a machine of others falsifies all the rest.
  var machineLoad: Double
  /// The time from frame to frame, in seconds.
  var hop: Double
  var hot: BenchTimes
  var paced: BenchTimes
  /// The whole path for each hop of a stereo stream at 48 kHz, caches warm.
  var path: BenchTimes
  var live: [BenchLive]
  /// Seconds of a stereo recording at 44.1 kHz separated in a second.
  var offline: Double
  /// The network's layers alone, and rivals that run the same; `nil` for a preset without one.
  @OrNull var network: BenchModel?
  var version: String
}

extension BenchResult {
  /// The figures as a table for people.
  var words: String {
    var rows = [["", "median", "p99", "p99.9", "max", "of"]]
    func add(_ name: String, _ times: BenchTimes?) {
      guard let times else { return }
      let figures = [times.median, times.p99, times.p999, times.max].map { milliseconds($0, 3) }
      rows.append([name] + figures + ["\(times.count)"])
    }
    add("step, hot", hot)
    add("step, paced", paced)
    add("whole path a hop, stereo", path)
    return """
      \(preset), a step every \(milliseconds(hop)), on \(processor), \(processors) processors, load \(decimal(machineLoad))

      \(table(rows))

      \(aligned(live.map(Self.playing) + [("offline, stereo at 44100 Hz", speed)]))
      \(network.map { "\n" + $0.words } ?? "")
      """
  }

  private var speed: String { "\(decimal(offline)) times real time on one processor" }

  private static func playing(_ live: BenchLive) -> (String, String?) {
    let late = "\(live.lateFrames) of \(live.frames) frames late"
    return (
      "playing at \(live.rate) Hz, period \(live.period)",
      "\(percent(live.share)) of one processor, \(late), latency \(live.latency) samples\(live.realtime ? "" : ", no real-time priority")"
    )
  }

  /// What the processor is called.
  static var processorName: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { String($0.drop { $0 == " " }) } ?? "an unknown processor"
  }

  /// The processors that this machine has running.
  static var processorCount: Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }

  /// The mean number of programs that wanted to run in the last minute.
  static var loadAverage: Double {
    let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
    return text.split(separator: " ").first.flatMap { Double($0) } ?? 0
  }
}
