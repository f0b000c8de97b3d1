import ChildProcess
import Foundation

/// A program that ran to its end, and what it took.
struct MeasuredRun {
  let status: Int32
  let messages: String
  /// The most memory that it held at a time, in bytes.
  let memory: Int
  let seconds: Double

  /// A small process between this one and the program: what the kernel counts as a child's memory begins with that of
  /// its parent, and a process of tests is large.
  private static let script = """
    import os, subprocess, resource, sys, time
    begun = time.monotonic()
    ran = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    taken = time.monotonic() - begun
    print(ran.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, taken, flush=True)
    sys.stdout.buffer.write(ran.stderr)
    """

  /// Runs `command`, and keeps what it writes to standard error.
  init(_ command: [String]) throws {
    // Under AddressSanitizer memory that was freed would be kept for a while, and counted.
    let environment = ProcessInfo.processInfo.environment.merging(["ASAN_OPTIONS": "quarantine_size_mb=0"]) { $1 }
    let printed = try ChildProcess.output(
      of: "python3", ["-c", Self.script] + command, environment: environment)
    let lines = printed.split(separator: "\n", maxSplits: 1)
    let words = (lines.first ?? "").split(separator: " ")
    guard words.count == 3, let status = Int32(words[0]), let kilobytes = Int(words[1]), let seconds = Double(words[2])
    else { throw CocoaError(.executableNotLoadable) }
    (self.status, memory, self.seconds) = (status, kilobytes << 10, seconds)
    messages = lines.count == 2 ? String(lines[1]) : ""
  }
}
