internal import NIOCore

/// Cuts what comes in into lines, and holds no more than a line's limit and one read of it.
struct LineBuffer {
  enum Next: Equatable {
    /// A line without its end.
    case line([UInt8])
    /// The beginning of a line, not yet its end.
    case partial
    /// A line longer than the limit, ended or not.
    case tooLong
    /// Nothing.
    case empty
  }

  let limit: Int
  private var bytes = ByteBuffer()
  /// How far the bytes are known to hold no line end: a line that drips in is not searched again and again.
  private var searched = 0

  init(limit: Int) { self.limit = limit }

  mutating func append(_ more: inout ByteBuffer) {
    if bytes.readableBytes == 0 {
      bytes = more
      searched = 0
    } else {
      bytes.writeBuffer(&more)
    }
  }

  /// The next line, or why there is none.
  mutating func next() -> Next {
    let view = bytes.readableBytesView.dropFirst(searched)
    guard let end = view.firstIndex(of: UInt8(ascii: "\n")) else {
      searched = bytes.readableBytes
      return searched > limit ? .tooLong : searched > 0 ? .partial : .empty
    }
    let length = end - bytes.readerIndex
    guard length <= limit, let line = bytes.readBytes(length: length) else { return .tooLong }
    bytes.moveReaderIndex(forwardBy: 1)
    // Moving what is left to the front is worth it now and then, not for each of a thousand short lines.
    if bytes.readerIndex > limit / 2 { bytes.discardReadBytes() }
    searched = 0
    return .line(line)
  }

  /// What is left when nothing more will come: an end that was not written, or nothing.
  mutating func rest() -> Next {
    let next = next()
    guard next == .partial, let line = bytes.readBytes(length: bytes.readableBytes) else { return next }
    searched = 0
    return .line(line)
  }
}
