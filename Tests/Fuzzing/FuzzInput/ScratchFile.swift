import CFuzzer
import Glibc

/// A file in memory, written anew for every input, since the readers take paths.
public struct ScratchFile: Sendable {
  /// Its path; the file is gone with the process.
  public let path: String
  private let descriptor: CInt

  /// An empty file called `name` for whoever looks at open files.
  public init(_ name: String) {
    descriptor = memory_file(name)
    precondition(descriptor >= 0, "no file in memory: \(String(cString: strerror(errno)))")
    path = "/proc/self/fd/\(descriptor)"
  }

  /// Makes `bytes` all that is in it.
  public func hold(_ bytes: UnsafeRawBufferPointer) {
    precondition(ftruncate(descriptor, off_t(bytes.count)) == 0)
    precondition(bytes.isEmpty || pwrite(descriptor, bytes.baseAddress, bytes.count, 0) == bytes.count)
  }
}
