internal import Glibc

/// The bytes of a file, mapped rather than read: a broken file of a gigabyte costs no more than the pages looked at.
///
/// A byte outside of the file cannot be reached: every access is checked.
@safe
final class FileBytes: @unchecked Sendable {
  private let storage: UnsafeRawBufferPointer
  private let isMapped: Bool

  var count: Int { unsafe storage.count }

  /// Maps the file at `path`; nothing but a regular file will do.
  init(path: String) throws(ONNXError) {
    // O_NONBLOCK: to open a pipe must not wait for somebody to write to it.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    let failure = errno
    guard descriptor >= 0 else {
      throw failure == ENOENT
        ? .notFound(file: path) : .unreadable(file: path, reason: unsafe String(cString: strerror(failure)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(file: path, reason: "not a regular file")
    }
    let size = Int(status.st_size)
    guard size > 0 else { throw .broken(file: path, place: "", found: "an empty file", expected: "an ONNX model") }
    let address = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      throw .unreadable(file: path, reason: unsafe String(cString: strerror(errno)))
    }
    unsafe storage = UnsafeRawBufferPointer(start: address, count: size)
    isMapped = true
  }

  /// Holds a copy of `bytes`, as if they were a file.
  init(_ bytes: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
    unsafe copy.copyBytes(from: bytes)
    unsafe storage = UnsafeRawBufferPointer(copy)
    isMapped = false
  }

  deinit {
    if isMapped {
      unsafe munmap(UnsafeMutableRawPointer(mutating: storage.baseAddress), storage.count)
    } else {
      unsafe storage.deallocate()
    }
  }

  /// The byte at `index`.
  subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count)
    return unsafe storage[index]
  }

  /// The little-endian number of type `Number` at the byte `offset`.
  func number<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number {
    precondition(offset >= 0 && offset <= count - MemoryLayout<Number>.size)
    return Number(littleEndian: unsafe storage.loadUnaligned(fromByteOffset: offset, as: type))
  }

  /// The text in `range`, or nothing if that is not UTF-8.
  func text(_ range: Range<Int>) -> String? {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return unsafe String(validating: storage[range], as: UTF8.self)
  }
}
