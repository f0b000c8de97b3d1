internal import Glibc

/// The longest preset file that is read, in bytes.
let presetSizeLimit = 1 << 14

/// The UTF-8 text of the regular file at `path`.
func presetText(path: String) throws(PresetError) -> [UInt8] {
  // O_NONBLOCK: to open a pipe must not wait for somebody to write to it.
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else {
    throw errno == ENOENT || errno == ENOTDIR ? .notFound(file: path) : unreadable(path)
  }
  defer { close(descriptor) }
  var status = stat()
  guard unsafe fstat(descriptor, &status) == 0 else { throw unreadable(path) }
  guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(file: path, reason: "not a regular file") }
  var bytes = [UInt8](repeating: 0, count: presetSizeLimit + 1)
  var count = 0
  while count < bytes.count {
    let got = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
    }
    if got < 0 && errno != EINTR { throw unreadable(path) }
    if got == 0 { break }
    count += max(got, 0)
  }
  guard count <= presetSizeLimit else {
    throw .refused(
      file: path, line: 1, key: "", found: "more than \(presetSizeLimit) bytes", expected: "a preset of at most as many"
    )
  }
  bytes.removeLast(bytes.count - count)
  guard String(validating: bytes, as: UTF8.self) != nil else {
    throw .refused(file: path, line: 1, key: "", found: "bytes that are not UTF-8", expected: "a text in UTF-8")
  }
  return bytes
}

private func unreadable(_ path: String) -> PresetError {
  .unreadable(file: path, reason: unsafe String(cString: strerror(errno)))
}
