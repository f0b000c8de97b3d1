import Foundation

/// A program that ran to its end, and what it took.
struct MeasuredRun {
  let status: Int32
  let messages: String
  /// The most memory that it held at a time, in bytes.
  let memory: Int
  let seconds: Double

  /// Runs `command`; what it writes to standard error goes through `log`, a file that need not be there.
  init(_ command: [String], log: String) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    // Under AddressSanitizer memory that was freed would be kept for a while, and counted.
    let environment = ProcessInfo.processInfo.environment.merging(["ASAN_OPTIONS": "quarantine_size_mb=0"]) { $1 }
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in arguments + variables { free(pointer) } }
    let begun = ContinuousClock.now
    var child: pid_t = 0
    guard posix_spawn(&child, command[0], &actions, nil, &arguments, &variables) == 0 else {
      throw CocoaError(.executableNotLoadable)
    }
    var (end, usage): (Int32, rusage) = (0, rusage())
    while wait4(child, &end, 0, &usage) < 0 && errno == EINTR {}
    let taken = ContinuousClock.now - begun
    seconds = Double(taken.components.seconds) + Double(taken.components.attoseconds) * 1e-18
    // The status of a program that ended by itself; of one that was killed, the signal as a shell counts it.
    status = end & 0x7F == 0 ? end >> 8 & 0xFF : 128 + end & 0x7F
    memory = usage.ru_maxrss * 1024
    messages = try String(contentsOfFile: log, encoding: .utf8)
  }
}
