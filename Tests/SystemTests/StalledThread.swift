import Foundation

/// Stops one thread of another process, as something with a higher priority would, and lets it go on again.
///
/// By `ptrace(2)`: a signal stops a whole process. Start and end belong on one thread.
final class StalledThread {
  struct Refused: Error, CustomStringConvertible {
    let description: String
  }

  /// From `<sys/ptrace.h>`, which Swift does not take since the function has variable arguments.
  private enum Request: Int {
    case detach = 17
    case seize = 0x4206
    case interrupt = 0x4207
  }

  private let thread: pid_t

  /// Stops the thread called `name` of `process`.
  init(name: String, of process: pid_t) throws {
    let folder = "/proc/\(process)/task"
    let threads = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      try String(contentsOfFile: "\(folder)/\($0)/comm", encoding: .utf8) == name + "\n"
    }
    guard let found = threads.first.flatMap(pid_t.init), threads.count == 1 else {
      throw Refused(description: "\(threads.count) threads called \(name)")
    }
    thread = found
    guard Self.call(.seize, thread) == 0, Self.call(.interrupt, thread) == 0 else {
      throw Refused(description: "ptrace: \(String(cString: strerror(errno)))")
    }
    var status: Int32 = 0
    // __WALL: the thread is no child of ours.
    guard waitpid(thread, &status, 0x4000_0000) == thread else {
      throw Refused(description: "waitpid: \(String(cString: strerror(errno)))")
    }
  }

  deinit { _ = Self.call(.detach, thread) }

  private static func call(_ request: Request, _ thread: pid_t) -> Int {
    typealias Function = @convention(c) (Int, Int, Int, Int) -> Int
    guard let symbol = dlsym(nil, "ptrace") else { return -1 }
    return unsafeBitCast(symbol, to: Function.self)(request.rawValue, Int(thread), 0, 0)
  }
}
