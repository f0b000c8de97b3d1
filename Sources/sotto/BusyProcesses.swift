private import Glibc

/// Other processes that take all the processor time that they can get, for as long as this object lives.
final class BusyProcesses {
  private var processes: [pid_t] = []

  /// Counts, and now and then looks whether the process that started it still lives: a killed program leaves none behind.
  ///
  /// Nor does it hold on to that one's output, whose end somebody may be waiting for.
  private static let script =
    "exec >/dev/null 2>&1; while kill -0 \"$1\" 2>/dev/null; do i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; done"

  /// Starts `count` of them.
  ///
  /// - Throws: ``Failure`` when the system grants no more processes.
  init(count: Int) throws(Failure) {
    for _ in 0..<count {
      let texts = ["sh", "-c", Self.script, "sotto-busy", "\(getpid())"]
      var words: [UnsafeMutablePointer<CChar>?] = unsafe texts.map { unsafe strdup($0) } + [nil]
      defer { unsafe words.forEach { unsafe free($0) } }
      var process = pid_t()
      let status = unsafe posix_spawn(&process, "/bin/sh", nil, nil, &words, environ)
      guard status == 0 else {
        throw Failure(status: 71, "a busy process: \(unsafe String(cString: strerror(status)))")
      }
      processes.append(process)
    }
  }

  deinit {
    for process in processes {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
  }
}
