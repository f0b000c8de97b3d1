internal import Glibc
internal import Logging

/// The daemon's log: one line an event, to standard error, where systemd's journal or a terminal reads it.
struct Journal: Sendable {
  let log: Logger

  /// Begins logging, from the information level up, or from debug.
  init(isVerbose: Bool) {
    // Under systemd the journal has the time already, and reads the level from a number in front of the line.
    let isJournal = unsafe getenv("JOURNAL_STREAM") != nil
    LoggingSystem.bootstrap { label in LineHandler(label: label, isJournal: isJournal) }
    var logger = Logger(label: "sottod")
    logger.logLevel = isVerbose ? .debug : .info
    log = logger
  }
}

/// Writes `level message key=value …`, or with the journal's level numbers.
private struct LineHandler: LogHandler {
  let label: String
  let isJournal: Bool
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    let fields = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    let front = isJournal ? "<\(Self.priority(event.level))>" : "\(label): \(event.level): "
    let line = front + "\(event.message)".replacing("\n", with: " ") + fields + "\n"
    _ = unsafe line.utf8.withContiguousStorageIfAvailable { unsafe write(2, $0.baseAddress, $0.count) }
  }

  /// The journal's numbers (`sd-daemon(3)`).
  private static func priority(_ level: Logger.Level) -> Int {
    switch level {
    case .critical: 2
    case .error: 3
    case .warning: 4
    case .notice: 5
    case .info: 6
    case .debug, .trace: 7
    }
  }
}
