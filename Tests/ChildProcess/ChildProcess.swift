import Foundation
import Synchronization

/// A program that a test has started, with nothing on its standard input; it is killed once nobody holds it.
///
/// Spawned and waited for by the system's own calls: Foundation's `Process` wakes the run loop of the thread that waits
/// for it, which may be gone by then, and a sanitizer ends the tests.
public final class ChildProcess: Sendable {
  /// How a process ended.
  public struct End: Sendable {
    /// What it returned, or the signal that ended it.
    public let status: Int32
    /// Whether a signal ended it.
    public let signalled: Bool
  }

  /// Why a program did not start.
  public struct DidNotStart: Error, CustomStringConvertible {
    /// The program, and the system's word on it.
    public let description: String
  }

  /// The process identifier, also after its end.
  public let identifier: pid_t
  private let end = Mutex<End?>(nil)

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - program: Its path, or its name where `PATH` has it.
  ///   - arguments: Those after its name.
  ///   - environment: All of its environment.
  ///   - output: Where its standard output goes, which is nowhere without.
  ///   - messages: Where its standard error goes, likewise. No other file of this process is open in it.
  public init(
    _ program: String, _ arguments: [String] = [],
    environment: [String: String] = ProcessInfo.processInfo.environment,
    output: FileHandle? = nil, messages: FileHandle? = nil
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (standard, handle) in [(0, nil), (1, output), (2, messages)] as [(Int32, FileHandle?)] {
      if let handle {
        posix_spawn_file_actions_adddup2(&actions, handle.fileDescriptor, standard)
      } else {
        posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0)
      }
    }
    // Whoever has the end of a pipe by accident keeps its reader waiting.
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      if let file = Int32(name), file > 2 { posix_spawn_file_actions_addclose(&actions, file) }
    }

    // The threads of a pool block signals, and what they start would inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var identifier: pid_t = 0
    let status = posix_spawnp(&identifier, program, &actions, &attributes, words, variables)
    guard status == 0 else { throw DidNotStart(description: "\(program): \(String(cString: strerror(status)))") }
    self.identifier = identifier
  }

  deinit {
    send(SIGKILL)
    wait()
  }

  /// Whether it has not ended, whether or not anybody waits for that.
  public var isRunning: Bool {
    end.withLock { end in
      guard end == nil else { return false }
      var told = siginfo_t()
      return waitid(P_PID, id_t(identifier), &told, WEXITED | WNOHANG | WNOWAIT) == 0 && told.si_signo != SIGCHLD
    }
  }

  /// Sends it a signal; one that has been waited for gets none.
  public func send(_ signal: Int32) {
    end.withLock { if $0 == nil { kill(identifier, signal) } }
  }

  /// Waits for its end.
  @discardableResult
  public func wait() -> End {
    // Without the lock, so that others may ask and send meanwhile; whoever sees the end first collects it.
    var told = siginfo_t()
    while waitid(P_PID, id_t(identifier), &told, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    return end.withLock { end in
      if let end { return end }
      var status: Int32 = 0
      while waitpid(identifier, &status, 0) == -1, errno == EINTR {}
      let signal = status & 0x7f
      let ended = signal == 0 ? End(status: status >> 8 & 0xff, signalled: false) : End(status: signal, signalled: true)
      end = ended
      return ended
    }
  }
}

extension ChildProcess {
  /// Runs a program to its end, and returns what it wrote to its standard output.
  public static func output(
    of program: String, _ arguments: [String],
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> String {
    let pipe = Pipe()
    let process = try ChildProcess(
      program, arguments, environment: environment, output: pipe.fileHandleForWriting)
    try pipe.fileHandleForWriting.close()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.wait()
    return String(decoding: data, as: UTF8.self)
  }
}
