internal import Glibc

/// A regular file open for reading, closed when it goes away.
struct WeightsFile: ~Copyable {
  let path: String
  /// Its length in bytes when it was opened.
  let size: Int
  private let descriptor: Int32

  /// Opens the file at `path`; nothing but a regular file will do.
  init(path: String) throws(ModelError) {
    self.path = path
    // O_NONBLOCK: to open a pipe must not wait for somebody to write to it.
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    var status = stat()
    guard descriptor >= 0, unsafe fstat(descriptor, &status) == 0 else {
      size = 0
      throw errno == ENOENT
        ? .notFound(file: path) : .unreadable(file: path, reason: unsafe String(cString: strerror(errno)))
    }
    size = Int(status.st_size)
    guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(file: path, reason: "not a regular file") }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The bytes `range` of the file.
  func bytes(_ range: Range<Int>) throws(ModelError) -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: range.count, alignment: 1)
    defer { unsafe buffer.deallocate() }
    try unsafe read(from: range.lowerBound, into: buffer, place: "")
    return unsafe Array(buffer)
  }

  /// Fills `buffer` with the bytes from `offset` on; `place` is what an error says they are.
  func read(from offset: Int, into buffer: UnsafeMutableRawBufferPointer, place: String) throws(ModelError) {
    var done = 0
    while done < buffer.count {
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      if count > 0 {
        done += count
      } else if count == 0 {
        throw .refused(
          file: path, place: place, found: "the end of the file after \(done) bytes", expected: "\(buffer.count) bytes")
      } else if errno != EINTR {
        throw .unreadable(file: path, reason: unsafe String(cString: strerror(errno)))
      }
    }
  }
}
